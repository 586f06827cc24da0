"""The JSON schema of profile files, for editors: device_profiles/schema.json.

python -m collector.profiles.schema > device_profiles/schema.json
"""

import json
import sys

from collector.profiles.format import ProfileFile


def profile_schema() -> str:
    """Return the schema of a profile file as JSON text."""
    schema = ProfileFile.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Pantau device profile"
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(profile_schema())
