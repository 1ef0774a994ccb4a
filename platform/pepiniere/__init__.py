"""The roof of Pépinière: settings, addresses, workers, the command family and the embedded servers."""

__version__ = "0.1.0"
