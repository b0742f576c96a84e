from . import export
from . import appointment
