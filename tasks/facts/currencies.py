"""Signs, codes and names of money (pure)."""

_NAMES = """
EUR € euro euros
USD $ US$ dollar dollars US_dollars US_dollar bucks
GBP £ sterling pounds pound quid
JPY ¥ yen
CNY yuan renminbi RMB
CHF francs franc Swiss_francs Fr.
SEK kronor krona kr
NOK kroner krone kr
DKK kroner krone kr
ISK krónur króna
PLN zł zloty zlotys zlotych
CZK Kč koruna korunas crowns
HUF forint forints Ft
RON leu lei
BGN lev leva
TRY ₺ lira liras
RUB ₽ rouble roubles ruble rubles
INR ₹ rupee rupees
BRL R$ reais
MXN pesos peso MX$
ZAR rand rands
CAD C$ CA$ Canadian_dollars dollars dollar $
AUD A$ AU$ Australian_dollars dollars dollar $
NZD NZ$ dollars dollar $
SGD S$ dollars dollar $
HKD HK$ dollars dollar $
KRW ₩ won
THB ฿ baht
ILS ₪ shekel shekels
IDR rupiah Rp
MYR ringgit RM
PHP ₱ pesos peso
KWD dinar dinars
TND dinar dinars
KES shilling shillings KSh
"""


def _words() -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    codes: dict[str, set[str]] = {}
    for line in _NAMES.strip().splitlines():
        code, *words = line.split()
        for word in (code, *words):
            codes.setdefault(word.replace("_", " "), set()).add(code)
    first = {word: "/".join(sorted(found)) for word, found in codes.items()}
    return first, {word: frozenset(found) for word, found in codes.items()}


CURRENCY_WORDS, CODES = _words()
"""Word or sign to the codes it may mean, joined by slashes; and to the set of codes."""
SIGNS = tuple(
    sorted((word for word in CODES if not word[-1].isalpha() or word.isupper()), key=len, reverse=True)
)
"""What may stand before an amount."""


def same_money(said: str, meant: str) -> bool:
    """Whether two dimensions `money A/B` can be the same currency."""
    return bool(set(said[6:].split("/")) & set(meant[6:].split("/")))
