"""The measures of GB/T 9704—2012 and the few that follow from them. Millimetres unless a name says otherwise.

16 pt cannot hold 28 characters in 156 mm, so 3号 is set in 15.75 pt; the pitch makes 22 lines fill 225 mm ink to ink.
"""

MM = 72 / 25.4  # points in a millimetre
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
CORE_LEFT, CORE_TOP, CORE_WIDTH, CORE_HEIGHT = 28.0, 37.0, 156.0, 225.0
CORE_BOTTOM = CORE_TOP + CORE_HEIGHT
LINES, COLUMNS = 22, 28

SIZE = 15.75  # pt, 3号 as set
CORE = CORE_WIDTH * MM  # pt
CELL = CORE / COLUMNS  # pt
TITLE_SIZE = 22.0  # pt, 2号
SMALL = 14.0  # pt, 4号: 版记 and page numbers

EM = SIZE / MM
PITCH = (CORE_HEIGHT - EM) / (LINES - 1)
LEAD = (PITCH - EM) / 2  # above and below the characters of a line
TITLE_EM = TITLE_SIZE / MM

LETTER_MARK_TOP, LETTER_MARK_HEIGHT, LETTER_RULE_GAP = 30.0 - CORE_TOP, 12.0, 4.0
MARK_TOP, MARK_HEIGHT, RED_GAP, RED = 35.0, 18.0, 4.0, 0.7  # the ordinary form: name, 发文字号, red line below it
MARK_WIDTH = 150.0  # a longer name is narrowed
RULES = 0.9 + 0.5 + 0.35  # thick rule, gap, thin rule
NUMBER_GAP = 7 / 8 * EM  # 发文字号 below the first double rule

SEAL, SEAL_TOP = 42.0, -0.9  # diameter; its top is within one line of the text above
DATE_RIGHT_CELLS = 4
TABLE_SIZE, TABLE_PITCH = 12.0, PITCH / 2  # pt and mm: rows are whole half-lines of the grid
CELL_SIDE = 1.2
RULE, THIN_RULE = 0.35, 0.25  # the lines of the 版记
LABEL_WIDTH, OPINION_HEIGHT = 28.0, 42.0  # the labels of a printed form; the box of one level of opinion
COPY_HEIGHT, CHECK_HEIGHT, CHECK_GAP = 8.0, 20.0, 2.5  # a line of 抄送, the QR code, the blank above either
CHECK_SIZE, CHECK_PITCH, CHECK_INDENT = 10.5, 5.0, 24.0  # pt, mm, mm: the lines beside the QR code
