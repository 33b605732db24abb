"""One small table as pandas and pyarrow write it in every form that readTable reads, as base64, with the values that they hold. Needs both in an
environment of their own: python3 -m venv .peers/tensorboard; .peers/tensorboard/bin/pip install pandas pyarrow"""

import base64
import datetime
import io
import json
import platform
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet

rows = 40
index = np.arange(rows)
whole = [None if i % 7 == 3 else int(i * i - 50) for i in index]
table = pa.table({
    "id": pa.array(index, pa.int64()),
    "small": pa.array(whole, pa.int16()),
    "ratio": pa.array([None if i % 9 == 4 else i / 8 - 1 for i in index], pa.float64()),
    "single": pa.array([np.float32(i) / 3 for i in index], pa.float32()),
    "kind": pa.array([None if i % 11 == 5 else ["red", "green", "blue, or so", 'a "quote"', "grüße"][i % 5] for i in index], pa.string()),
    "isNew": pa.array([None if i % 13 == 6 else bool(i % 3 == 0) for i in index], pa.bool_()),
    "day": pa.array([None if i % 10 == 7 else datetime.date(2020, 1, 1) + datetime.timedelta(days=int(i) * 31) for i in index], pa.date32()),
    "time": pa.array([datetime.datetime(1999, 12, 31, 23, 59, 59, 250_000) + datetime.timedelta(hours=int(i)) for i in index], pa.timestamp("us")),
})


def expected():
    """Each column's kind and values; dates in milliseconds since 1970."""
    kinds = {"id": "integer", "small": "integer", "ratio": "number", "single": "number", "kind": "text", "isNew": "boolean", "day": "date", "time": "date"}
    def plain(value):
        if isinstance(value, datetime.datetime):
            return (value - datetime.datetime(1970, 1, 1)) // datetime.timedelta(milliseconds=1)
        if isinstance(value, datetime.date):
            return (value - datetime.date(1970, 1, 1)).days * 86_400_000
        return value
    return {name: {"kind": kinds[name], "values": [plain(value) for value in table[name].to_pylist()]} for name in table.column_names}


files = {}


def add(name, content):
    files[name] = base64.b64encode(content).decode()


frame = table.to_pandas(types_mapper={pa.int16(): pd.Int16Dtype(), pa.bool_(): pd.BooleanDtype()}.get)
add("comma.csv", frame.to_csv(index=False).encode())
add("semicolon.csv", frame.to_csv(index=False, sep=";", decimal=",", na_rep="NA", encoding="windows-1252").encode("windows-1252"))
add("tab.csv", frame.to_csv(index=False, sep="\t", lineterminator="\r\n").encode("utf-8-sig"))
add("utf16.csv", frame.to_csv(index=False, sep="|").encode("utf-16"))
add("quoted.csv", frame.to_csv(index=False, quoting=1, na_rep="null").encode())
add("lines.jsonl", frame.to_json(orient="records", lines=True, date_format="iso", double_precision=15).encode())
add("list.json", frame.to_json(orient="records", date_format="iso", double_precision=15).encode())


def write_parquet(name, **options):
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, **options)
    add(name, buffer.getvalue())


write_parquet("snappy.parquet")
write_parquet("plain.parquet", compression="none", use_dictionary=False)
write_parquet("pages-v2.parquet", data_page_version="2.0", data_page_size=64)
write_parquet("groups.parquet", row_group_size=7, write_statistics=False)
write_parquet("split.parquet", use_dictionary=False, column_encoding={"ratio": "BYTE_STREAM_SPLIT"})
write_parquet("zstd.parquet", compression="zstd")
write_parquet("delta.parquet", use_dictionary=False, column_encoding={"kind": "DELTA_BYTE_ARRAY"})


def write_arrow(name, new, content, **options):
    buffer = io.BytesIO()
    with new(buffer, content.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(content, max_chunksize=17)
    add(name, buffer.getvalue())


write_arrow("file.arrow", pa.ipc.new_file, table)
write_arrow("stream.arrow", pa.ipc.new_stream, table)
encoded = table.set_column(4, "kind", table["kind"].dictionary_encode())
write_arrow("dictionary.arrow", pa.ipc.new_stream, encoded)
write_arrow("lz4.arrow", pa.ipc.new_stream, table, compression="lz4")
large = table.set_column(4, "kind", table["kind"].cast(pa.large_string())).set_column(2, "ratio", table["ratio"].cast(pa.decimal128(8, 3)))
write_arrow("large.arrow", pa.ipc.new_file, large)
buffer = io.BytesIO()
feather.write_feather(table, buffer, compression="uncompressed")
add("feather.arrow", buffer.getvalue())
nested = pa.table({"id": [1, 2], "list": [[1], [2, 3]], "parts": [{"a": 1}, {"a": 2}]})
write_arrow("nested.arrow", pa.ipc.new_file, nested)
buffer = io.BytesIO()
parquet.write_table(nested, buffer)
add("nested.parquet", buffer.getvalue())

header = {
    "madeBy": "scripts/golden/tables.py",
    "versions": {"python": platform.python_version(), "pandas": pd.__version__, "pyarrow": pa.__version__},
}
path = Path(__file__).resolve().parents[2] / "test" / "golden" / "tables.json"
path.write_text(json.dumps({**header, "expected": expected(), "files": files}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
print(f"{path.name}: {path.stat().st_size / 1000:.1f} kB")
