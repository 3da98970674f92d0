"""What a user of Hugging Face writes to have one file predicted: read, ask a pipeline, print."""

import json
import sys
from pathlib import Path

from transformers import pipeline

classifier = pipeline("text-classification", model=sys.argv[1], device="cpu")
texts = Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()
for text, prediction in zip(texts, classifier(texts), strict=True):
    print(json.dumps({"text": text, **prediction}))
