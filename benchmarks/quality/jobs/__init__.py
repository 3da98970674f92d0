"""The jobs, one a file; nothing keeps a list of them.

A job's module has

- `KIND`: texts, words, pairs or questions, which says who trains on its rows;
- `SETTINGS`: what every system is told, unless `--choose` has chosen otherwise;
- `GRID`: changes of the settings that `--choose` tries, each a mapping;
- `MEASURE`: the figure by which it chooses, greater is better;
- `rows(folder)`: its `Splits`, from the folder of the benchmark data;
- `score(rows, predictions)`: its figures by name;
- `TRAINED_ROWS_TOO` (optional): also score the rows that were trained on: whether a model learns them at all;
- `checkpoint(splits, seed, folder)` (optional): writes the checkpoint that training begins from. all-MiniLM-L6-v2
  otherwise.
"""
