"losses": "found": "gains":
