"""How a demo clinic is made: by the verbs of the clinic itself, with simulated people."""
