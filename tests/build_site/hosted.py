"""Of the site of two studies that tests share: its address, and the title of the first study."""

TITLE = 'A <b>bold</b> & "quoted" study'
ADDRESS = "https://example.org/atlas%20of/nets/"
