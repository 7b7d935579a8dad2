"""The exercises of each lab, with what checks them."""
