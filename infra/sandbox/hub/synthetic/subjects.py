"""What invented tools are about: categories as marketplaces have them, and in each the things they serve.

A thing is written in the singular; `plural` forms the rest. Categories of real tools occur again, so that
invented tools stand on the same shelves and on others.
"""

SUBJECTS: dict[str, tuple[str, ...]] = {
    "Advertising": ("campaign", "banner", "keyword", "audience", "ad placement"),
    "Agriculture": ("crop", "field report", "seed variety", "harvest", "soil sample"),
    "Architecture": ("floor plan", "building code", "facade", "bridge", "room layout"),
    "Artificial Intelligence": ("prompt", "model card", "label set", "caption", "embedding"),
    "Astrology": ("horoscope", "birth chart", "tarot card", "star sign", "omen"),
    "Automotive": ("vehicle", "spare part", "recall notice", "dealer", "service interval"),
    "Books": ("book", "author", "review", "reading list", "quotation"),
    "Business": ("company", "invoice", "contract", "supplier", "trade fair"),
    "Careers": ("job offer", "salary band", "interview question", "skill", "apprenticeship"),
    "Charity": ("donation", "project", "volunteer day", "relief fund", "shelter"),
    "Cinema": ("movie", "trailer", "screening", "director", "award"),
    "Communication": ("message template", "mailbox", "call record", "sender", "notification"),
    "Cryptography": ("coin", "wallet", "block", "token", "exchange pair"),
    "Data": ("data set", "indicator", "survey", "time series", "statistic"),
    "Dating": ("profile", "match", "ice breaker", "meeting place", "compatibility score"),
    "Design": ("font", "palette", "icon", "mock-up", "template"),
    "Devices": ("sensor", "firmware", "gateway", "reading", "alarm"),
    "Education": ("course", "quiz", "lesson", "textbook", "scholarship"),
    "Energy": ("power plant", "tariff", "meter", "charging point", "solar panel"),
    "Entertainment": ("joke", "celebrity", "meme", "riddle", "quote"),
    "Environment": ("air sample", "protected area", "emission", "river gauge", "species"),
    "Events": ("concert", "festival", "ticket", "venue", "exhibition"),
    "Fashion": ("outfit", "brand", "size chart", "fabric", "collection piece"),
    "Finance": ("stock", "fund", "dividend", "bond", "quote"),
    "Food": ("recipe", "restaurant", "ingredient", "menu", "wine"),
    "Gaming": ("player", "tournament", "item", "server", "achievement"),
    "Genealogy": ("family name", "parish record", "coat of arms", "migration list", "grave"),
    "Government": ("bill", "tender", "election result", "permit", "public office"),
    "Health": ("symptom", "exercise", "clinic", "medicine", "diet plan"),
    "Hobbies": ("knitting pattern", "stamp", "model train", "board game", "puzzle"),
    "Insurance": ("policy", "claim", "premium", "risk class", "broker"),
    "Law": ("court ruling", "statute", "law firm", "patent", "trademark"),
    "Location": ("address", "landmark", "district", "postcode", "boundary"),
    "Logistics": ("shipment", "warehouse", "container", "carrier", "customs form"),
    "Media": ("podcast", "episode", "channel", "photo", "video clip"),
    "Music": ("song", "album", "artist", "playlist", "lyric"),
    "News": ("headline", "newspaper", "press release", "column", "fact check"),
    "Pets": ("dog breed", "cat breed", "vet", "pet food", "aquarium fish"),
    "Productivity": ("task", "note", "reminder", "spreadsheet", "meeting"),
    "Property": ("flat", "house listing", "rent index", "mortgage offer", "land parcel"),
    "Religion": ("verse", "prayer time", "saint", "feast day", "parish"),
    "Science": ("experiment", "paper", "asteroid", "chemical", "fossil"),
    "Search": ("result", "suggestion", "image hit", "trend", "domain"),
    "Security": ("vulnerability", "breach", "certificate", "blocklist entry", "malware sample"),
    "Social": ("post", "hashtag", "follower", "community", "poll"),
    "Sports": ("fixture", "team", "league table", "transfer", "player rating"),
    "Storage": ("file", "bucket", "backup", "folder", "archive"),
    "Text Analysis": ("keyword list", "summary", "sentiment", "entity", "topic"),
    "Translation": ("phrase", "glossary", "idiom", "dictionary entry", "subtitle"),
    "Transportation": ("bus line", "train", "ferry", "parking space", "traffic jam"),
    "Travel": ("hotel", "flight", "itinerary", "visa rule", "travel tip"),
    "Weather": ("forecast", "storm warning", "pollen count", "snow report", "tide"),
}

OPENINGS = (
    "Amber", "Arc", "Bright", "Cedar", "Civic", "Clear", "Cloud", "Cobalt", "Coral", "Daily", "Delta",
    "Echo", "Ember", "Fable", "Falcon", "Flint", "Garnet", "Global", "Grand", "Harbour", "Hazel",
    "Indigo", "Iron", "Ivory", "Jade", "Kite", "Lark", "Laurel", "Lunar", "Maple", "Metro", "Mint",
    "Nimbus", "North", "Oak", "Onyx", "Open", "Opal", "Orbit", "Pearl", "Pine", "Pixel", "Prime",
    "Quartz", "Quick", "Raven", "Rapid", "River", "Sable", "Sage", "Silver", "Simple", "Solar", "Spark",
    "Summit", "Swift", "Tidal", "Topaz", "Union", "Vivid", "Wave", "Willow", "Zenith", "Zephyr",
)  # fmt: skip
CLOSINGS = (
    "base", "board", "book", "box", "bridge", "craft", "deck", "desk", "dock", "feed", "field",
    "finder", "flow", "forge", "gate", "grid", "guide", "hub", "index", "kit", "lab", "lens", "line",
    "link", "list", "loft", "mark", "mill", "nest", "net", "path", "point", "port", "pulse", "scan",
    "scope", "shelf", "sphere", "spot", "stack", "stream", "track", "vault", "view", "watch", "well",
    "wire", "works", "yard", "zone",
)  # fmt: skip


def plural(singular: str) -> str:
    """Return the plural of a thing, by the rules that its nouns obey."""
    if singular.endswith("y") and singular[-2] not in "aeiou":
        return singular[:-1] + "ies"
    if singular.endswith("series") or singular.endswith("species"):
        return singular
    return singular + ("es" if singular.endswith(("s", "x", "ch", "sh")) else "s")
