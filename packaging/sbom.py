#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The bill of materials of a .deb as SPDX 2.3 in JSON, from what dpkg knows on the machine that built it.

    sbom.py NUMPROOF.deb        prints it; SOURCE_DATE_EPOCH is its time

Libraries that the package depends on at run time, and what it was compiled from: libraries that are all header have no
other trace.
"""
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
from urllib.parse import quote

CONTROL = pathlib.Path(__file__).resolve().parent / "debian/control"


def names_in(relation):
    """The package names of a Depends or Build-Depends; of alternatives the first."""
    parts = (re.match(r"[a-z0-9][a-z0-9+.-]*", part.strip()) for part in relation.split(","))
    return sorted({part[0] for part in parts if part})


def field(deb, name):
    return subprocess.run(["dpkg-deb", "-f", deb, name], capture_output=True, text=True, check=True).stdout.strip()


def installed():
    """Name, version, architecture and source of every installed package, by its name and by what it provides."""
    form = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${Provides}\n"
    told = subprocess.run(["dpkg-query", "-W", "-f", form], capture_output=True, text=True, check=True).stdout
    real, provided = {}, {}
    for line in told.splitlines():
        status, *what, provides = line.split("\t")
        if status == "installed":
            real[what[0]] = what
            provided |= dict.fromkeys(names_in(provides), what)
    return provided | real


def package(name, version, architecture, origin):
    return {"name": name, "SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name), "versionInfo": version,
            "supplier": "NOASSERTION", "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "sourceInfo": f"Debian source package {origin}",
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                              "referenceLocator": f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch={architecture}"}]}


def bill(deb):
    ours = package(field(deb, "Package"), field(deb, "Version"), field(deb, "Architecture"), "numproof")
    digest = hashlib.sha256(pathlib.Path(deb).read_bytes()).hexdigest()
    ours |= {"licenseDeclared": "Apache-2.0", "checksums": [{"algorithm": "SHA256", "checksumValue": digest}]}
    built_from = re.search(r"^Build-Depends:(.*?)^\S", CONTROL.read_text(encoding="utf-8"), re.S | re.M)[1]
    here = installed()
    packages, relations = {ours["name"]: ours}, [("SPDXRef-DOCUMENT", "DESCRIBES", ours["SPDXID"])]
    for names, relation in ((names_in(field(deb, "Depends")), "RUNTIME_DEPENDENCY_OF"),
                            (names_in(built_from), "BUILD_DEPENDENCY_OF")):
        for name in names:
            if name not in here:
                sys.exit(f"sbom.py: {name} is not installed: only the machine that built {deb} knows")
            made = package(*here[name])
            packages[made["name"]] = made
            relations.append((made["SPDXID"], relation, ours["SPDXID"]))
    time = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), datetime.timezone.utc)
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
            "name": f"{ours['name']}-{ours['versionInfo']}",
            "documentNamespace": f"https://spdx.org/spdxdocs/{ours['name']}-{ours['versionInfo']}-{digest}",
            "creationInfo": {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: sbom.py"]},
            "packages": list(packages.values()),
            "relationships": [{"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
                              for one, kind, other in relations]}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    json.dump(bill(sys.argv[1]), sys.stdout, indent=1)
    print()
