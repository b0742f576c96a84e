"""Words of Italian lists that the comparison takes for granted."""

#: Short and fond forms of given names, with what they stand for.
NICKNAMES = {
    nick: full
    for full, nicks in (
        line.split(":")
        for line in """
giuseppe:beppe peppe pino peppino beppino geppo giusep
giovanni:gianni nanni gio giov
francesco:franco cecco ciccio checco francy
antonio:toni tonino nino totonno tony anto
luigi:gigi gino luigino gigino
salvatore:salvo toto turi
domenico:mimmo mimmi menico nico
alessandro:sandro ale alex
alessandra:sandra
vincenzo:enzo vince cenzo
lorenzo:renzo lory
roberto:robi roby berto
stefano:ste steve
michele:miki mike
nicola:nico
pietro:piero
giacomo:mino
bartolomeo:meo
raffaele:lello raf
pasquale:lino pasqualino
gaetano:tano
carmelo:melo
sebastiano:bastiano seba
filippo:pippo
giorgio:giorgino
eduardo:edo
edoardo:dado
federico:fede chicco
matteo:teo
andrea:andy
daniele:dani dany
gabriele:gabri lele
massimiliano:max massi
massimo:max
riccardo:ricky richi ricki
enrico:chicco rico
leonardo:leo
leopoldo:poldo
umberto:berto
alberto:albi berto
gilberto:berto
ferdinando:nando
fernando:nando
agostino:tino
valentino:tino
costantino:tino
giambattista:titta
battista:titta
giuseppina:pina giusy giusi peppina pinuccia beppa
giovanna:gianna vanna
francesca:franca cecca
antonietta:etta
antonella:anto lella
luigia:gina luisa
teresa:resi teresina
margherita:rita ghita
caterina:rina cate nina
maria:mariuccia marietta mary mari
elisabetta:betta lisa bettina elisa
vincenza:enza
lucia:lucietta
carolina:lina
michelina:lina
pasqualina:lina
angela:angelina angi
annamaria:anna
rosa:rosina rosetta
rosaria:sara
concetta:tina concettina
assunta:susy
immacolata:imma titina
raffaella:lella
gabriella:lella gabri
graziella:lella
donatella:lella
silvana:silva
loredana:lory dana
patrizia:patty
cristina:cri cristi
valentina:vale
valeria:vale
federica:fede
daniela:dani
manuela:manu
emanuela:manu
emanuele:manu lele
eleonora:nora ele
simona:simo
simone:simo
nicoletta:nico
roberta:roby
domenica:mimma menica
filomena:mena
carmela:melina
addolorata:dora
isabella:isa bella
salvatrice:salvina
giuliana:giulia
""".strip().splitlines()
    )
    for nick in nicks.split()
}

#: Every full name that a fond form may stand for.
FOND_FORMS = {}
for _line in (
    # The same short form stands for several names: max, berto, lina, nico.
    "max:massimo massimiliano",
    "massi:massimo massimiliano",
    "berto:alberto umberto roberto gilberto",
    "lina:carolina pasqualina michelina angelina adelina",
    "nico:nicola nicolo domenico nicoletta",
    "nando:ferdinando fernando",
    "tino:agostino valentino costantino martino",
    "lella:raffaella gabriella graziella donatella antonella",
    "lele:gabriele emanuele raffaele daniele",
    "dani:daniele daniela danilo",
    "fede:federico federica",
    "vale:valentina valeria valerio",
    "simo:simone simona",
    "chicco:federico enrico francesco",
    "anto:antonio antonella antonietta antonia",
    "ale:alessandro alessandra alessio alessia",
    "manu:manuela emanuela emanuele manuel",
    "gabri:gabriele gabriella",
    "roby:roberto roberta",
    "robi:roberto roberta",
    "nino:antonio antonino giovanni",
    "tonino:antonio antonino",
    "toni:antonio antonino",
    "rina:caterina",
    "pino:giuseppe",
    "pina:giuseppina giuseppa",
    "giusy:giuseppina giuseppa",
    "enzo:vincenzo lorenzo",
    "renzo:lorenzo",
    "gino:luigi",
    "gina:luigia luigina",
    "franco:francesco",
    "franca:francesca",
    "piero:pietro",
    "sandro:alessandro",
    "sandra:alessandra",
    "leo:leonardo",
    "nina:antonina caterina giovanna",
    "dino:corrado bernardino",
    "tina:concetta martina cristina",
    "lisa:elisabetta",
    "elisa:elisabetta",
    "rita:margherita",
    "nora:eleonora",
    "gio:giovanni giovanna giorgio giorgia",
):
    _nick, _fulls = _line.split(":")
    FOND_FORMS[_nick] = frozenset(_fulls.split())
for _nick, _full in NICKNAMES.items():
    FOND_FORMS[_nick] = FOND_FORMS.get(_nick, frozenset()) | {_full}

#: Given names beside those of ``italy.GIVEN_NAMES``, less common or from abroad.
MORE_GIVEN_NAMES = frozenset(
    """
abramo achille addolorata adamo adelaide adelina adelmo adolfo agostina alan albina
albino aleandro alessandrina alex alfonsina alfreda alina aliona alfonsa amanda amina
amerigo ana anastasia andreina andreea andrei angiola angiolina angiolo anton antonella
arcangela arcangelo argentina armanda armida arnaldo aristea artur asdrubale assia
assunto augusta azzurra baldassare bartolomeo battista benvenuto berardo bernardina
bernardino bernardo berta biagio bogdan bortolo brigida calogera calogero camillo
candida candido carmelina carmelita carolina cataldo catia catina celestina celestino
cesira cesarina cesarino christian cirillo claudine clelio clemente clementina
clementino cleofe clotilde colomba concettina consiglia costante costanza crescenzo
crocifissa damiana danila danny dante davida demetrio desideria diamante dionigi
dolores domitilla dorina dorotea edda edgardo edmondo edvige efisia efisio egidio
egle elda eldo elettra eligio elide elma eloisa elvio elvira elvino ema emanuel emil
emilio enea enis ennio erminia erminio ernesta ersilia ester eufemia eusebio evelina
ezio fabiola fatima fedele felicia felicita fermo fiammetta fiorentina fiorentino
fiorenzo fiorina fiorino flaviana floriana floriano fortunata fortunato franceschina
fulvia gabriel gaspare gastone gavino genoveffa gerarda germana germano gerolamo
gervasio giacinta giacinto giacomina giampietro gianantonio gianbattista giandomenico
gianmaria gianpietro gilda giovannina girolamo gisella giuditta giuliano giusi
giustina giustino goffredo graziosa gregorio gualtiero ilario ileana immacolato
ines innocenza ion ionut ippolita ireneo isa isidoro isolina italia iva jolanda jose
josephine katiuscia kevin lamberto lauro lavinia learco leda leonarda leonilda
leopoldo lidio ligia linda lionello lodovico lorella lucilla lucina luigino luisella
luigino mafalda maicol maila malvina manfredi manlio manola manolo marcantonio
marcellina marcellino mariagrazia mariangela mariano mariarosa mariateresa marietta
mariolina marlena marzio mattea maximilian medardo melchiorre mercedes michelangelo
michelina mihai mihaela milvia minerva mirta modesta modesto mohamed mohammed moira
monika morgan narciso natalino nazzareno nelida nella nerea nereo nestore nives
norberto norina novella oddone odilia odoardo olindo olinto onofrio oriana oriella
osvalda otello ottorino palma palmiro paride pasqua patrick pellegrina pellegrino
penelope perla petra petronilla pia piera pierfrancesco piergiorgio pierina pierino
pierluca pio placido porzia primina prisca priamo prospero quintino quinto raul
remigio renzina rinalda robertino rodolfa rolando romana romilda romualdo ronaldo
rosalinda rosamaria rosaria rosetta rosina rosita rossano rosolino ruben rufino
ruggiero sabatino sabato salvatrice samira sandrina santi santina santino santo
saverina savina savino savio sebastiana secondo selene serafina serafino sesto
severina severino sigismondo silvestra simonetta sirio stanislao stefanina stefanino
susy tancredi tarcisio tea tecla teo teodora teodoro teofilo terenzio terzo tina tino
tita tito tosca trieste tullia ubaldo ugolina ulisse ursula vanna vasco velia venanzio
venera vera vesna vilma vincenzino vinicio viola violetta violante virna vitale vitalia
vitaliano vitangelo vitaliano vittore vittorina vittorino viviano vladimir volga
wilma wilmer wolfgang yuri zaira zelinda zoe zora
""".split()
)

#: Given names of men that end in a, as nearly all of women do.
MEN_IN_A = frozenset(
    """
andrea battista barnaba bonaventura cosma elia enea evangelista ezechia gianandrea
gianbattista giambattista gianluca gianmaria giona giosia giovanbattista isaia geremia
leonida luca luka mattia mustafa nicola nikola pierluca sasha tobia zaccaria
""".split()
)
#: Given names of women that end otherwise.
WOMEN_NOT_IN_A = frozenset(
    """
adele agnese alice amelie beatrice betty carmen carol charlotte chloe cleofe cloe
clotilde consuelo dafne daphne denise desiree dolores doris edith elisabeth eloise ester
giusi giusy helene ines ingrid iole irene iris isabel jole josephine judith karin katy
lucy marlene mary matilde mercedes michelle miriam nancy naomi nicole nives noemi
noelle penelope rachele rosy ruth selene susy wendy yvonne zoe
""".split()
)

#: Common surnames. Two of them are two families, however alike they are.
SURNAMES = frozenset(
    """
rossi russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo
conti deluca mancini costa giordano rizzo lombardi moretti barbieri fontana santoro
mariani rinaldi caruso ferrara galli martini leone longo gentile martinelli vitale
lombardo serra coppola desantis dangelo marchetti parisi villa conte ferraro ferri
fabbri bianco marini grasso valentini messina sala deangelis gatti pellegrini palumbo
sanna farina rizzi monti cattaneo morelli amato silvestri mazza testa grassi pellegrino
carbone giuliani benedetti barone rossetti caputo montanari guerra palmieri bernardi
martino fiore derosa ferretti bellini basile riva donati piras vitali battaglia
sartori neri costantini milani pagano ruggiero sorrentino damico orlando negri
mantovani rosa bruni mele gatto mori mazzoni giorgi bassi bernardini marchi rota
valente ferrero pozzi franco franchi fusco marra marrone rossini rosso bianchini
""".split()
)

#: Written apart or joined: De Luca and Deluca.
PARTICLES = frozenset(
    "de di da del della dello dei degli dal dalla dalle dall d la lo li le san santa"
    " santo mac mc van von el al".split()
)
#: Titles and words beside a person that are no name.
TITLES = frozenset(
    "sig sigg signor signora sigra sign signorina dott dottssa dottor dottoressa"
    " dr drssa ing arch avv geom rag prof profssa spett spettle gent egr fam famiglia"
    " eredi vedova ved cav comm on mr mrs ssa ra ce cav cod att alla attn".split()
)
#: Types of streets, whole and shortened.
STREET_TYPES = frozenset(
    """
via v viale vle v le piazza pza pzza p za p zza piazzale ple pzle piazzetta pzta largo
lgo corso cso c so vicolo vlo vico strada str stradone contrada cda c da ctr localita
loc frazione fraz fr salita sal lungomare lungo lungotevere traversa trav trv borgo bgo
circonvallazione circ circonv galleria gall rione regione reg calle campo fondamenta
rampa rua ronco stradella statale ss sp provinciale prov vocabolo voc cascina casc
st street rd road av ave avenue place pl cres crescent court ct drive dr close way
circuit cct parade pde terrace lane grove gardens
""".split()
)
#: After these words an address says where inside the house.
INSIDE_HOUSE = frozenset(
    "int interno scala sc piano palazzina pal edificio lotto".split()
)
NUMBER_WORDS = frozenset("n nr num numero civ civico no snc sn km".split())
MONTHS = frozenset(
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre"
    " novembre dicembre martiri fratelli caduti mille giornate".split()
)
NUMERALS = {
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
    "xi": "11", "xii": "12", "xx": "20", "xxi": "21", "xxiii": "23", "xxiv": "24",
    "xxv": "25", "xxvii": "27", "xxviii": "28", "xxix": "29", "xxx": "30",
    "primo": "1", "secondo": "2", "terzo": "3", "quattro": "4", "venti": "20",
    "venticinque": "25", "ventiquattro": "24",
}  # fmt: skip
#: E-mail services that say nothing about who writes.
MAIL_SERVICES = frozenset(
    """
gmail libero hotmail yahoo outlook alice tiscali virgilio live icloud tin email inwind
fastwebnet msn pec legalmail aruba me googlemail teletu vodafone tim wind ymail
poste postecert registerpec arubapec gmx iol katamail interfree
""".split()
)
#: Mailboxes of nobody.
NOBODYS_MAIL = frozenset(
    "noreply nomail noemail nessuna nessuno nd na mail email test prova xxx x aaa asd"
    " nonha nonhamail senzamail".split()
)
