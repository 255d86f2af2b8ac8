"""Grammars so small that a test reads them in a moment: a world in two languages, and dialogues to be filled in."""
TINY = """\
languages: en, zh by characters
attribute mood: glad 60, sad 40
start: <sentence mood>
columns pet zipf 0.5: en | zh
table <pet>
    cat | \u732b ; dog | \u72d7 ; hen | \u9e21
<sentence glad>
    3 en: the <pet> is glad .
      zh: <pet> \u9ad8 \u5174 \u3002
<sentence sad>
    1 en: is the <pet> sad ?
      zh: <pet> \u96be \u8fc7 \u5417 \uff1f
"""
SMALL = """\
languages: en
attribute mood: kind, cross
copied: number
columns number: en
start: <prompt>
reply: <reply mood>
table <number>
    {numbers}
<prompt>
    en: say <number> {more}
<reply mood>
    en: <number> .
"""
