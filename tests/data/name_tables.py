"""Tables that the list generator draws from: places, names, streets, trades.

The places are real (CAP, municipality, province and dialling code belong together);
names and trades are common ones that the generator combines at random.
"""

# CAP | municipality | province | dialling code | weight. A big town has several CAPs,
# each on its own line.
LOMBARDIA = """
20121|Milano|MI|02|6
20124|Milano|MI|02|6
20127|Milano|MI|02|8
20131|Milano|MI|02|8
20137|Milano|MI|02|7
20141|Milano|MI|02|8
20146|Milano|MI|02|8
20151|Milano|MI|02|7
20155|Milano|MI|02|7
20162|Milano|MI|02|7
20099|Sesto San Giovanni|MI|02|8
20092|Cinisello Balsamo|MI|02|7
20025|Legnano|MI|0331|6
20017|Rho|MI|02|5
20093|Cologno Monzese|MI|02|5
20037|Paderno Dugnano|MI|02|5
20089|Rozzano|MI|02|4
20098|San Giuliano Milanese|MI|02|4
20096|Pioltello|MI|02|4
20021|Bollate|MI|02|4
20094|Corsico|MI|02|3
20097|San Donato Milanese|MI|02|3
20054|Segrate|MI|02|4
20081|Abbiategrasso|MI|02|3
20013|Magenta|MI|02|3
20063|Cernusco sul Naviglio|MI|02|3
20077|Melegnano|MI|02|2
20064|Gorgonzola|MI|02|2
20015|Parabiago|MI|0331|3
20023|Cerro Maggiore|MI|0331|2
24121|Bergamo|BG|035|6
24125|Bergamo|BG|035|5
24128|Bergamo|BG|035|5
24047|Treviglio|BG|0363|5
24068|Seriate|BG|035|4
24044|Dalmine|BG|035|4
24058|Romano di Lombardia|BG|0363|3
24021|Albino|BG|035|3
24022|Alzano Lombardo|BG|035|3
24040|Stezzano|BG|035|2
24023|Clusone|BG|0346|2
24060|Villongo|BG|035|2
24067|Sarnico|BG|035|2
24016|San Pellegrino Terme|BG|0345|1
25121|Brescia|BS|030|6
25124|Brescia|BS|030|6
25128|Brescia|BS|030|5
25015|Desenzano del Garda|BS|030|5
25018|Montichiari|BS|030|4
25065|Lumezzane|BS|030|4
25036|Palazzolo sull'Oglio|BS|030|4
25038|Rovato|BS|030|4
25032|Chiari|BS|030|4
25016|Ghedi|BS|030|3
25013|Carpenedolo|BS|030|2
25025|Manerbio|BS|030|2
25030|Coccaglio|BS|030|2
25049|Iseo|BS|030|2
25087|Salò|BS|0365|3
25043|Breno|BS|0364|1
25047|Darfo Boario Terme|BS|0364|3
21100|Varese|VA|0332|8
21052|Busto Arsizio|VA|0331|8
21013|Gallarate|VA|0331|6
21047|Saronno|VA|02|5
21012|Cassano Magnago|VA|0331|3
21049|Tradate|VA|0331|3
21019|Somma Lombardo|VA|0331|3
21046|Malnate|VA|0332|3
21016|Luino|VA|0332|2
21053|Castellanza|VA|0331|2
21018|Sesto Calende|VA|0331|2
22100|Como|CO|031|8
22063|Cantù|CO|031|5
22066|Mariano Comense|CO|031|4
22036|Erba|CO|031|3
22077|Olgiate Comasco|CO|031|2
22070|Appiano Gentile|CO|031|2
22074|Lomazzo|CO|02|2
22017|Menaggio|CO|0344|1
22040|Lurago d'Erba|CO|031|1
22072|Cermenate|CO|031|2
27100|Pavia|PV|0382|7
27029|Vigevano|PV|0381|6
27058|Voghera|PV|0383|4
27036|Mortara|PV|0384|2
27049|Stradella|PV|0385|2
27043|Broni|PV|0385|2
27023|Cassolnovo|PV|0381|1
27045|Casteggio|PV|0383|1
20900|Monza|MB|039|9
20851|Lissone|MB|039|5
20831|Seregno|MB|0362|5
20832|Desio|MB|0362|5
20811|Cesano Maderno|MB|0362|4
20812|Limbiate|MB|02|4
20861|Brugherio|MB|039|4
20871|Vimercate|MB|039|4
20833|Giussano|MB|0362|3
20834|Nova Milanese|MB|0362|3
20835|Muggiò|MB|039|3
20821|Meda|MB|0362|3
20841|Carate Brianza|MB|0362|2
20852|Villasanta|MB|039|2
20864|Agrate Brianza|MB|039|2
23900|Lecco|LC|0341|7
23807|Merate|LC|039|3
23868|Valmadrera|LC|0341|2
23801|Calolziocorte|LC|0341|3
23880|Casatenovo|LC|039|2
23848|Oggiono|LC|0341|2
23864|Malgrate|LC|0341|1
23823|Colico|LC|0341|1
26900|Lodi|LO|0371|6
26845|Codogno|LO|0377|3
26841|Casalpusterlengo|LO|0377|3
26866|Sant'Angelo Lodigiano|LO|0371|2
26837|Mulazzano|LO|02|1
26100|Cremona|CR|0372|6
26013|Crema|CR|0373|4
26041|Casalmaggiore|CR|0375|2
26015|Soresina|CR|0374|2
26012|Castelleone|CR|0374|2
26022|Castelverde|CR|0372|1
46100|Mantova|MN|0376|6
46043|Castiglione delle Stiviere|MN|0376|4
46029|Suzzara|MN|0376|3
46019|Viadana|MN|0375|3
46047|Porto Mantovano|MN|0376|2
46042|Castel Goffredo|MN|0376|2
46040|Monzambano|MN|0376|1
23100|Sondrio|SO|0342|4
23017|Morbegno|SO|0342|2
23037|Tirano|SO|0342|2
23022|Chiavenna|SO|0343|2
23032|Bormio|SO|0342|1
"""

ELSEWHERE = """
00144|Roma|RM|06|4
00198|Roma|RM|06|4
00053|Civitavecchia|RM|0766|2
00042|Anzio|RM|06|2
00015|Monterotondo|RM|06|2
01100|Viterbo|VT|0761|2
02100|Rieti|RI|0746|1
03100|Frosinone|FR|0775|2
03043|Cassino|FR|0776|1
04100|Latina|LT|0773|2
05100|Terni|TR|0744|2
06034|Foligno|PG|0742|2
06012|Città di Castello|PG|075|1
07026|Olbia|SS|0789|2
08100|Nuoro|NU|0784|1
10036|Settimo Torinese|TO|011|2
10024|Moncalieri|TO|011|2
28100|Novara|NO|0321|3
13100|Vercelli|VC|0161|1
15057|Tortona|AL|0131|2
29121|Piacenza|PC|0523|3
43121|Parma|PR|0521|3
41012|Carpi|MO|059|2
47121|Forlì|FC|0543|1
47521|Cesena|FC|0547|1
37138|Verona|VR|045|3
37069|Villafranca di Verona|VR|045|1
36061|Bassano del Grappa|VI|0424|2
31015|Conegliano|TV|0438|1
38068|Rovereto|TN|0464|1
17100|Savona|SV|019|1
55049|Viareggio|LU|0584|1
80053|Castellammare di Stabia|NA|081|1
70043|Monopoli|BA|080|1
95024|Acireale|CT|095|1
"""

# The more common a name, the earlier it stands: the generator weighs by place.
MALE_NAMES = (
    "Marco Andrea Giuseppe Francesco Paolo Luca Roberto Giovanni Stefano Antonio "
    "Alessandro Davide Matteo Massimo Claudio Mario Fabio Maurizio Luigi Lorenzo "
    "Daniele Simone Giorgio Alberto Carlo Enrico Pietro Sergio Angelo Franco "
    "Riccardo Federico Giancarlo Vincenzo Michele Gabriele Filippo Emanuele "
    "Salvatore Mauro Gianluca Domenico Walter Ivan Nicolò Tommaso Diego Cristian "
    "Bruno Renato Ambrogio Osvaldo Aurelio Fausto Ettore Niccolò"
).split()
FEMALE_NAMES = (
    "Maria Anna Francesca Laura Elena Paola Giulia Chiara Silvia Sara Roberta "
    "Daniela Barbara Valentina Alessandra Federica Elisa Monica Cristina Simona "
    "Giovanna Patrizia Rosa Angela Stefania Claudia Marta Lucia Teresa Martina "
    "Giuseppina Luisa Sabrina Antonella Manuela Michela Ilaria Carla Franca "
    "Donatella Rita Emanuela Veronica Nadia Antonia Marina Caterina Loredana "
    "Elisabetta Serena Noemi Beatrice Ornella Debora"
).split()
COMPOUND_NAMES = (
    "Maria Teresa",
    "Anna Maria",
    "Gian Luca",
    "Pier Luigi",
    "Maria Grazia",
)
SURNAMES = (
    "Colombo|Rossi|Ferrari|Brambilla|Bianchi|Fumagalli|Russo|Villa|Riva|Galli|Sala|"
    "Cattaneo|Esposito|Romano|Locatelli|Rota|Beretta|Mauri|Pozzi|Bonetti|Greco|"
    "Marino|Invernizzi|Gatti|Bruno|Moretti|Barbieri|Rizzi|Redaelli|Bassi|Monti|"
    "Fontana|Ricci|Conti|Caruso|Testa|Ghezzi|Crippa|Casati|Mariani|Carminati|Corti|"
    "Longoni|Pirovano|Meroni|Sangalli|Belotti|Castelli|Zanetti|Gritti|Signorelli|"
    "Marchetti|Belloni|Costa|Giordano|Mancini|Lombardi|Ferrario|Bonfanti|Spreafico|"
    "Panzeri|Arrigoni|Cortinovis|Pesenti|Valsecchi|Vitali|Grassi|Bertoli|Guerini|"
    "Bresciani|Zanardelli|Mazza|Rinaldi|De Luca|D'Amico|Dell'Acqua|Lo Presti|"
    "Di Stefano|De Rosa|Dell'Orto|Della Torre|Perego|Radaelli|Vismara|Viganò|Nicolì|"
    "Salvadè|Cantù|Calò|Muggiò|Papaleo|Hu|Singh|Hoxha|Popescu|Diop|Ait Ali"
).split("|")

STREET_TYPES = (
    # (as written in full, other spellings, weight)
    ("Via", ("Via", "via", "V.", "VIA"), 76),
    ("Viale", ("V.le", "Viale", "VIALE"), 9),
    ("Piazza", ("P.zza", "Piazza", "P.za"), 8),
    ("Corso", ("C.so", "Corso", "CORSO"), 5),
    ("Vicolo", ("Vicolo", "Vic."), 2),
)
STREET_NAMES = (
    "Roma|Giuseppe Garibaldi|Giuseppe Mazzini|Dante Alighieri|Alessandro Manzoni|"
    "Cavour|Giacomo Matteotti|IV Novembre|XXV Aprile|XX Settembre|Guglielmo Marconi|"
    "Giuseppe Verdi|Giacomo Leopardi|della Libertà|della Repubblica|San Rocco|"
    "San Carlo|S. Ambrogio|Sant'Antonio|Monte Grappa|Piave|Isonzo|Trento|Trieste|"
    "Milano|Bergamo|Papa Giovanni XXIII|Don Luigi Sturzo|Aldo Moro|"
    "John Fitzgerald Kennedy|Enrico Fermi|Galileo Galilei|Leonardo da Vinci|"
    "Michelangelo Buonarroti|Giosuè Carducci|Giovanni Pascoli|Ugo Foscolo|"
    "Cesare Battisti|Nazario Sauro|Armando Diaz|Vittorio Veneto|delle Industrie|"
    "dell'Artigianato|dei Mille|del Lavoro|della Resistenza|Europa|Kuliscioff|"
    "Nicolò Copernico|Città di Lodi"
).split("|")

TRADES = (
    "Termoidraulica|Autofficina|Ristorante|Falegnameria|Carrozzeria|Panificio|"
    "Impresa Edile|Elettrotecnica|Ferramenta|Immobiliare|Studio Tecnico|Trasporti|"
    "Officine Meccaniche|Tipografia|Farmacia|Caseificio|Azienda Agricola|Vivai|"
    "Tintoria|Arredamenti|Serramenti|Macelleria|Salumificio|Gomme|Lavanderia|Albergo|"
    "Caffè|Zootecnica|Società Agricola|Stampi"
).split("|")
# (spellings of one legal form, weight)
LEGAL_FORMS = (
    (("S.r.l.", "SRL", "s.r.l.", "S.R.L."), 50),
    (("SNC", "S.n.c.", "s.n.c."), 18),
    (("S.a.s.", "SAS"), 8),
    (("S.p.A.", "SPA"), 4),
    (("S.r.l.s.", "SRLS"), 5),
)
# Weight of a one-person firm ("Bar Sport di Rossi Mario") among the legal forms above.
SOLE_TRADER_WEIGHT = 30

MOBILE_PREFIXES = (
    "320 324 327 328 329 330 331 333 334 335 338 339 340 342 344 345 346 347 348 349 "
    "351 360 366 368 370 371 373 377 380 388 389 391 392 393"
).split()

NOTES = (
    "richiamare dopo le 18",
    "tetto in cemento; esposizione sud",
    "già cliente luce",
    "bolletta ~ 180 €/mese",
    'insegna "Da Gigi"',
    "villa singola – 2 piani",
    "perché no? chiedere del titolare",
    "condominio 8 unità",
    "seconda casa",
    "interessato all’accumulo",
    "citofono: 2° piano\nscala B",
)
