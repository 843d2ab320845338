"""Packs folders of pictures into one array a set, which training maps into memory.

    python3 pack.py OUT NAME=FOLDER[:SIZE] ...

Writes OUT/NAME.npy (uint8, pictures x SIZE x SIZE x 3: short side to SIZE, centre square) and OUT/NAME.txt (a line a
picture: its path). Pictures that cannot be read are told and left out.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from PIL import Image

ENDINGS = (".jpg", ".jpeg", ".png")


def find_pictures(folder):
    found = [
        os.path.join(parent, name)
        for parent, _, names in os.walk(folder)
        for name in names
        if name.lower().endswith(ENDINGS)
    ]
    return sorted(found)


def square(path, size):
    """uint8, size x size x 3, or None where the file is no picture."""
    try:
        with Image.open(path) as image:
            image.draft("RGB", (size, size))
            image = image.convert("RGB")
            scale = size / min(image.size)
            width, height = (max(size, round(side * scale)) for side in image.size)
            image = image.resize((width, height), Image.BICUBIC)
            left, top = (width - size) // 2, (height - size) // 2
            return np.asarray(image.crop((left, top, left + size, top + size)))
    except (OSError, ValueError) as error:
        print(f"left out: {path}: {error}", file=sys.stderr)
        return None


def pack(out, name, folder, size):
    paths = find_pictures(folder)
    pixels = np.lib.format.open_memmap(
        os.path.join(out, f"{name}.tmp.npy"), "w+", np.uint8, (len(paths), size, size, 3)
    )
    kept = []
    with ProcessPoolExecutor() as pool:
        for path, picture in zip(paths, pool.map(square, paths, [size] * len(paths), chunksize=64)):
            if picture is None:
                continue
            pixels[len(kept)] = picture
            kept.append(os.path.relpath(path, folder))
    np.save(os.path.join(out, f"{name}.npy"), pixels[: len(kept)])
    os.remove(os.path.join(out, f"{name}.tmp.npy"))
    with open(os.path.join(out, f"{name}.txt"), "w", encoding="utf-8") as lines:
        lines.writelines(f"{path}\n" for path in kept)
    print(f"{name}: {len(kept)} pictures of {size} pixels")


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    for source in sys.argv[2:]:
        set_name, _, rest = source.partition("=")
        place, _, pixels_wide = rest.partition(":")
        pack(sys.argv[1], set_name, place, int(pixels_wide or 176))
