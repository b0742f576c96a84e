"""What an Italian list takes for granted: dialling codes, postcodes, forms, names."""

#: Dialling codes that are used in a province, its own first.
AREA_CODES = {
    province: tuple(codes.split())
    for province, codes in (
        line.split(":")
        for line in """
AG:0922 0925
AL:0131 0142 0143 0144 0383
AN:071 0731 0732
AO:0165 0166 0125
AP:0736 0735
AQ:0862 0863 0864
AR:0575
AT:0141
AV:0825 0827 0824
BA:080 0883
BG:035 0345 0346 0363
BI:015
BL:0437 0435 0436 0439
BN:0824 0823
BO:051 0534 0542
BR:0831
BS:030 0364 0365
BT:0883 080
BZ:0471 0472 0473 0474
CA:070
CB:0874 0875
CE:0823 081
CH:0871 0872 0873
CI:0781
CL:0934 0933
CN:0171 0172 0173 0174 0175
CO:031 0344 02
CR:0372 0373 0374 0375
CS:0984 0981 0982 0983 0985
CT:095 0933
CZ:0961 0967 0968
EN:0935
FC:0543 0547
FE:0532 0533
FG:0881 0882 0884 0885
FI:055 0571
FM:0734
FR:0775 0776
GE:010 0185
GO:0481
GR:0564 0566
IM:0183 0184
IS:0865
KR:0962
LC:0341 039 031
LE:0832 0833 0836
LI:0586 0565
LO:0371 0377 02
LT:0773 0771 06
LU:0583 0584
MB:039 0362 02
MC:0733 0737
ME:090 0941 0942
MI:02 0331 0362 0363 039
MN:0376 0386 0375
MO:059 0535 0536
MS:0585 0187
MT:0835
NA:081
NO:0321 0322 0163
NU:0784 0785 0782
OG:0782
OR:0783 0785
OT:0789 079
PA:091 0921
PC:0523
PD:049 0429
PE:085
PG:075 0742 0743
PI:050 0571 0587 0588
PN:0434 0427
PO:0574
PR:0521 0524 0525
PT:0573 0572
PU:0721 0722
PV:0382 0381 0383 0384 0385 02
PZ:0971 0972 0973 0975 0976
RA:0544 0545 0546
RC:0965 0964 0966
RE:0522
RG:0932
RI:0746 0765
RM:06 0765 0766 0774
RN:0541
RO:0425 0426
SA:089 0828 0974 0975 081
SI:0577 0578
SO:0342 0343
SP:0187
SR:0931
SS:079 0789
SU:070 0781 0782
SV:019 0182
TA:099
TE:0861 085
TN:0461 0462 0463 0464 0465
TO:011 0121 0122 0123 0124 0125
TP:0923 0924
TR:0744 0763
TS:040
TV:0422 0423 0438
UD:0432 0428 0431 0433
VA:0332 0331 02
VB:0323 0324
VC:0161 0163
VE:041 0421
VI:0444 0424 0445
VR:045 0442
VS:070
VT:0761 0763
VV:0963
""".strip().splitlines()
    )
}

#: Provinces by the first two digits of their postcodes (CAP).
PROVINCES_BY_CAP = {
    start: tuple(provinces.split(","))
    for start, provinces in (
        line.split(":")
        for line in """
00:RM 01:VT 02:RI 03:FR 04:LT 05:TR 06:PG 07:SS,OT,NU 08:NU,OG,SU,OR 09:CA,SU,OR,CI,VS
10:TO 11:AO 12:CN 13:VC,BI 14:AT 15:AL 16:GE 17:SV 18:IM 19:SP
20:MI,MB 21:VA 22:CO 23:SO,LC 24:BG 25:BS 26:CR,LO 27:PV 28:NO,VB 29:PC
30:VE 31:TV 32:BL 33:UD,PN 34:TS,GO 35:PD 36:VI 37:VR 38:TN 39:BZ
40:BO 41:MO 42:RE 43:PR 44:FE 45:RO 46:MN 47:FC,RN 48:RA
50:FI 51:PT 52:AR 53:SI 54:MS 55:LU 56:PI 57:LI 58:GR 59:PO
60:AN 61:PU 62:MC 63:AP,FM 64:TE 65:PE 66:CH 67:AQ
70:BA,BT 71:FG 72:BR 73:LE 74:TA 75:MT 76:BT
80:NA 81:CE 82:BN 83:AV 84:SA 85:PZ 86:CB,IS 87:CS 88:CZ,KR,VV 89:RC,VV
90:PA 91:TP 92:AG 93:CL 94:EN 95:CT 96:SR 97:RG 98:ME
""".split()
    )
}

#: Other ways to write a province than its code and its name in Odoo.
PROVINCE_NAMES = {
    "aosta": "AO",
    "bolzano bozen": "BZ",
    "forli": "FC",
    "forli cesena": "FC",
    "fo": "FC",
    "massa": "MS",
    "massa carrara": "MS",
    "monza": "MB",
    "monza brianza": "MB",
    "monza e brianza": "MB",
    "monza e della brianza": "MB",
    "monza e la brianza": "MB",
    "pesaro": "PU",
    "pesaro e urbino": "PU",
    "pesaro urbino": "PU",
    "ps": "PU",
    "reggio calabria": "RC",
    "reggio di calabria": "RC",
    "reggio emilia": "RE",
    "reggio nell emilia": "RE",
    "roma": "RM",
    "verbania": "VB",
    "verbano cusio ossola": "VB",
    "barletta andria trani": "BT",
}

#: Legal forms without dots, as a company writes them with dots. The longest wins.
LEGAL_FORMS = {
    "srl": "S.r.l.",
    "srls": "S.r.l.s.",
    "spa": "S.p.A.",
    "snc": "S.n.c.",
    "sas": "S.a.s.",
    "sapa": "S.a.p.A.",
    "scarl": "S.c.a.r.l.",
    "scrl": "S.c.r.l.",
    "scpa": "S.c.p.A.",
    "ss": "S.s.",
    "sc": "S.c.",
    "coop": "Coop.",
    "arl": "a r.l.",
    "onlus": "ONLUS",
    "asd": "A.S.D.",
    "ssd": "S.S.D.",
    "aps": "A.P.S.",
    "ets": "E.T.S.",
}

#: Words that a person's name doesn't hold.
COMPANY_WORDS = frozenset(
    """
abbigliamento acconciature agenzia agraria agricola agricole agricoltura agriturismo
albergo alimentari alimentare allevamento allevamenti ambulatorio amministrazione
arredamenti arredamento articoli artigiana artigiano asilo assicurazioni associati
associazione autocarrozzeria autofficina autolavaggio autonoleggio autoricambi
autosalone autotrasporti azienda banca bar birreria bottega calzature calzaturificio
cantina cantine carpenteria carrozzeria cartoleria casa casearia caseificio cascina
caseifici catering centro ceramiche chimica circolo clinica coiffeur colorificio
comune concessionaria condominio confezioni consorzio consulenza consulenze
cooperativa coperture costruzioni costruttori cucine distribuzione ditta
dolciaria edil edile edili edilizia elettrauto elettrica elettrici elettricista
elettromeccanica elettronica enoteca ente erboristeria estetica estetico eredi
fabbrica falegnameria farmacia farmaceutica ferramenta ferro figli fioreria fiorista
floricoltura fondazione fonderia forniture forno fratelli frutta gastronomia gelateria
gioielleria gommista grafica grafiche group gruppo holding hotel idraulica idraulico
idrotermica immobiliare immobiliari imbianchino impianti impresa industria industrie
infissi ingrosso installazioni istituto laboratorio latteria lattoneria lavanderia
lavorazioni libreria locanda logistica macelleria maglieria manifattura market
marmi materassi meccanica meccaniche mobili mobilificio moda molino motel
motori mulino noleggio officina officine onoranze orologeria ortofrutta ospedale
osteria ottica palestra panetteria panificio parrocchia parrucchiere parrucchieri
pasticceria pelletteria pescheria piscina pizzeria pneumatici polisportiva
poliambulatorio produzione profumeria pulizie pub residence ricambi ristorante
ristorazione rosticceria salumi salumificio salone sartoria scuola segheria serramenti
servizi
sistemi societa soluzioni sport stamperia stazione stireria studio supermercato
tabaccheria tabacchi tappezzeria tecnica tecno termica termoidraulica tessile tessuti
tintoria tipografia torneria tour trasporti trattoria trasloco traslochi utensileria
verniciatura vetreria viaggi villaggio vini vivai vivaio viticoltore zootecnica
company services trading design consulting international italia italiana
""".split()
)

#: Common given names. Two of them are two people, however alike they are.
GIVEN_NAMES = frozenset(
    """
ada adele adriana adriano agata agnese agostino alba alberta alberto alda aldo
alessandra alessandro alessia alessio alex alfio alfonso alfredo alice alida amalia
amedeo ambra amelia andrea angela angelica angelina angelo anita anna annalisa
annamaria antonella antonia antonietta antonino antonio arianna aristide armando
arturo asia assunta attilio augusto aurelio aurora barbara beatrice benedetta
benedetto benito bianca bruna bruno camilla carla carlo carlotta carmela carmelo
carmen carmine carolina caterina cecilia celeste cesare chiara cinzia cira ciro clara
claudia claudio clelia concetta corrado cosimo costantino cristian cristiano cristina
damiano daniela daniele danilo dario davide debora deborah delia denis denise
desiree diana diego dina dino domenica domenico donata donatella donato dora
edoardo elda elena eleonora elia eliana elisa elisabetta elio ellen elsa emanuela
emanuele emilia emiliano emilio emma enrica enrico enza enzo erica erika ermanno
ernesto ettore eugenia eugenio eva fabio fabiana fabiano fabrizia fabrizio fausta
fausto federica federico felice ferdinando fernanda fernando fiorella fiorenza
filippo filomena flavia flavio florinda franca francesca francesco franco fulvio
gabriele gabriella gaetana gaetano gaia gemma gennaro gerardo ginevra gino giacomo
giada giampaolo giampiero gian giancarlo gianfranco gianluca gianluigi gianmarco
gianna gianni gianpaolo gianpiero gilberto gildo gina gioele gioia giordano giorgia
giorgio giovanna giovanni giuliana giuliano giulia giulio giuseppa giuseppe
giuseppina giusy gloria grazia graziana graziano graziella greta guglielmo guido
ida ignazio igor ilaria ileana immacolata ines irene iris isabella italo ivan ivana
ivano ivo jacopo jessica katia lara laura lea leandro leo leonardo leonora letizia
lia libero licia lidia liliana lina lino lisa livia livio lorena lorenza lorenzo
loredana loretta luca lucia luciana luciano lucio lucrezia ludovica ludovico luigi
luigia luigina luisa maddalena manuel manuela mara marcella marcello marco
margherita maria marianna mariano mariella marika marilena marina marino mario
marisa marta martina martino marzia massimiliano massimo matilde matteo mattia
maura maurizia maurizio mauro melania melissa michela michele mila milena mirco
mirella miriam mirko monia monica morena moreno nadia nando natale natalia natalina
nello nerina nicola nicole nicoletta nicolo nina nino noemi nora norma nunzia nunzio
olga olivia omar orazio oreste orietta ornella orsola oscar osvaldo ottavio
palmira paola paolo pasquale pasqualina patrizia patrizio piera piero pierangelo
pierluigi pierpaolo pietro pina pino primo rachele raffaela raffaele raffaella
raimondo ramona rebecca regina remo renata renato renzo riccardo rinaldo rina rino
rita roberta roberto rocco rodolfo romano romeo romina romolo rosa rosalba rosalia
rosangela rosanna rosaria rosario rosella rossana rossella ruggero sabina sabrina
salvatore samanta samantha samuel samuele sandra sandro santa santina santo santi
sara saverio sebastiano serena sergio settimio silvana silvano silvestro silvia
silvio simona simone simonetta sofia sonia stefania stefano stella susanna tamara
tania tatiana teresa teresina thomas tiziana tiziano tommaso tullio ugo umberto
urbano valentina valentino valeria valerio vanda vanessa vera veronica vilma vincenza
vincenzo vincenzina virginia virgilio vita vito vittoria vittorio viviana walter
wanda xenia ylenia zeno zita
""".split()
)
