"""The index page of the pictures: one row per place, one column per language, theme and width."""

from html import escape
from pathlib import Path

STYLE = """body{font:14px system-ui;margin:24px;background:#f4f5f7} h2{margin:28px 0 8px;font-size:15px}
div{display:flex;gap:10px;overflow-x:auto} figure{margin:0;flex:none} figcaption{color:#555;font-size:12px}
img{height:340px;border:1px solid #ccc;background:#fff;object-fit:cover;object-position:top} li{color:#a11}"""


def write(folder: Path, pictures: list[Path], faults: list[str]) -> Path:
    """index.html in the folder."""
    rows: dict[str, list[str]] = {}
    for picture in pictures:
        name, rest = picture.name.removesuffix(".png").split(".", 1)
        link = escape(picture.name)
        figure = f'<figure><a href="{link}"><img loading="lazy" src="{link}" alt=""></a><figcaption>{escape(rest)}</figcaption></figure>'
        rows.setdefault(name, []).append(figure)
    listed = "".join(f"<li>{escape(fault)}</li>" for fault in faults)
    body = "".join(f"<h2>{escape(name)}</h2><div>{''.join(figures)}</div>" for name, figures in rows.items())
    head = f"<!doctype html><meta charset=utf-8><title>Slipway's pages</title><style>{STYLE}</style>"
    path = folder / "index.html"
    path.write_text(f"{head}<h1>{len(pictures)} pictures, {len(faults)} faults</h1><ul>{listed}</ul>{body}")
    return path
