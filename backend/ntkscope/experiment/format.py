"""Numbers as a reader likes them: three significant figures, thousands with commas, powers of ten typeset."""

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str:
    """0.0213, 2,667, 1.23×10⁻⁴; whole numbers below 100,000 in full."""
    if value == 0:
        return "0"
    if abs(value) < 99_999.5 and (value == int(value) or abs(value) >= 1000):
        return f"{value:,.0f}"
    mantissa, exponent = f"{value:.2e}".split("e")
    power = int(exponent)
    if -3 <= power <= 3:
        return f"{float(f'{value:.3g}'):,.{max(0, 2 - power)}f}"
    return f"{mantissa}×10{str(power).translate(SUPERSCRIPTS)}"


def frequency(value: float) -> str:
    """3, 0.5, 3.82: as `number`, without zeros at its end."""
    return f"{value:.3g}" if 1e-3 <= value < 999.5 else number(value)


def percent(share: float) -> str:
    """98.1 %, 0.0016 %, under 0.0001 %."""
    return "under 0.0001 %" if 0 < share < 1e-6 else f"{100 * share:.3g} %"


def duration(value: float | None) -> str:
    """Under 0.01 s, 0.4 s, 12 s, 3 min, 2.1 h."""
    if value is None:
        return "–"
    if 0 < value < 0.01:
        return "under 0.01 s"
    for unit, length in (("h", 3600), ("min", 60)):
        if value >= 2 * length:
            return f"{value / length:.2g} {unit}"
    return f"{value:.2g} s"
