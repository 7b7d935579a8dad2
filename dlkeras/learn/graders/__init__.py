"""How the exercises of each lab are checked: inputs, oracles, known mistakes, hints."""
