"""What a site of a ledger needs beside its pages: the rows of its lists, and the folder that it lies in."""
