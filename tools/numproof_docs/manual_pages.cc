// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_docs/manual_pages.h"

#include <string_view>

#include "daemon/config/setting_table.h"
#include "daemon/config/setting_words.h"

namespace numproof {
namespace {

constexpr std::string_view kSettingsHead = R"(.\" SPDX-License-Identifier: Apache-2.0
.\" Generated from the table that the loader reads (numproof-docs settings-man).
.Dd November 23, 2026
.Dt NUMPROOF.YAML 5
.Os Numproof
.Sh NAME
.Nm numproof.yaml
.Nd configuration of numproofd
.Sh SYNOPSIS
.Pa /etc/numproof/numproof.yaml
.Sh DESCRIPTION
The configuration of
.Xr numproofd 8
is one YAML file.
A key that is left out has its default, an unknown key is an error.
All mistakes are told at once, each as
.Ql file:line:col: message ;
no message repeats a value.
Check a change with
.Ql numproofd \-\-check\-config .
.Pp
Durations take
.Ql ms ,
.Ql s ,
.Ql m
and
.Ql h ,
sizes
.Ql B ,
.Ql KiB ,
.Ql MiB
and
.Ql GiB .
.Pp
A secret never stands in this file.
It is in a file of its own, named by its absolute path, or as
.Ql credential:NAME :
then it is read from the folder
.Ev CREDENTIALS_DIRECTORY ,
where
.Ql LoadCredential=
of
.Xr systemd.exec 5
puts it.
Files with keys or passwords that everybody can read are refused.
.Pp
The option
.Fl \-set Ar KEY=VALUE
of
.Xr numproofd 8
overrides one key by its dotted path.
.Pp
Keys are written here with their path;
.Ql []
stands for each entry of a list.
)";

constexpr std::string_view kSettingsTail = R"(.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/numproof/numproof.yaml
This file.
.It Pa /etc/numproof/clients.yaml
The service providers' applications:
.Xr numproof\-clients 5 .
.It Pa /etc/numproof/keys
Key files, made by
.Ql numproofctl key new .
.It Pa /var/lib/numproof/spool
Audit events that are not in Kafka yet.
.El
.Sh EXAMPLES
The least that a node with a Redis and a Kafka on its own machine needs:
.Bd -literal -offset indent
auth:
  issuer: https://idp.example.com
.Ed
.Sh SEE ALSO
.Xr numproof\-audit 5 ,
.Xr numproof\-clients 5 ,
.Xr numproofctl 8 ,
.Xr numproofd 8
)";

constexpr std::string_view kClientsHead = R"(.\" SPDX-License-Identifier: Apache-2.0
.\" Generated from the table that the loader reads (numproof-docs clients-man).
.Dd November 23, 2026
.Dt NUMPROOF\-CLIENTS 5
.Os Numproof
.Sh NAME
.Nm numproof\-clients
.Nd service providers' applications that numproofd knows
.Sh SYNOPSIS
.Pa /etc/numproof/clients.yaml
.Sh DESCRIPTION
The file that
.Ql auth.clients_file
of
.Xr numproof.yaml 5
names is a list of clients, each a mapping of the keys below.
An unknown key is an error, a client that stands there twice too.
.Pp
There are no plain text secrets:
.Ql numproofctl client secret
makes a secret of 32 random octets, shows it once, and prints the hash that stands here.
A client with
.Ql private_key_jwt
has only public keys here and no secret at all; prefer it for new clients.
)";

constexpr std::string_view kClientsTail = R"(.Sh EXAMPLES
A client that proves itself with a key:
.Bd -literal -offset indent
- id: example\-bank
  name: Example Bank
  auth:
    methods: [private_key_jwt]
    jwks:
      keys:
        - {kty: EC, crv: P\-256, kid: bank\-2026, x: "...", y: "..."}
  redirect_uris: ["https://bank.example.com/callback"]
  scopes: [openid, "number\-verification:verify"]
  purposes: ["dpv:FraudPreventionAndDetection"]
.Ed
.Pp
Those that
.Xr numproofd 8
has in force are shown by
.Ql numproofctl client list .
.Sh SEE ALSO
.Xr numproof.yaml 5 ,
.Xr numproofctl 8 ,
.Xr numproofd 8
)";

// Text for mdoc: what the formatter would take for its own, and dashes that shall stay dashes.
std::string in_roff(std::string_view text) {
    std::string made;
    for (const char c : text) {
        switch (c) {
            case '\\':
                made += "\\e";
                break;
            case '-':
                made += "\\-";
                break;
            case '^':
                made += "\\(ha";
                break;
            case '~':
                made += "\\(ti";
                break;
            default:
                made += c;
        }
    }
    const bool control = text.starts_with('.') || text.starts_with('\'');
    return control ? "\\&" + made : made;
}

std::string in_bold(std::string_view text) {
    return "\\fB" + in_roff(text) + "\\fP";
}

void append_entry(const Setting& setting, std::string_view path, std::string& page) {
    page.append(".It Sy ").append(in_roff(path)).append("\n");
    page.append(in_roff(setting.doc)).append("\n");
    if (const auto words = value_words(setting); !words.empty()) {
        page.append(".br\nValue: ").append(in_roff(words)).append("\n");
    }
    const auto fallback = default_words(setting);
    if (fallback == kMustBeSet) {
        page.append(".br\nMust be set.\n");
    } else if (!fallback.empty()) {
        page.append(".br\nDefault: ").append(in_bold(fallback)).append("\n");
    }
    if (!setting.example.empty()) {
        page.append(".br\nExample: ").append(in_bold(setting.example)).append("\n");
    }
}

void append_entries(const Setting& setting, const std::string& path, std::string& page) {
    for (const auto& member : setting.members) {
        const auto key =
            path.empty() ? std::string{member.key} : path + "." + std::string{member.key};
        append_entry(member, key, page);
        append_entries(member, member.type == SettingType::entries ? key + "[]" : key, page);
    }
}

void append_list(const Setting& setting, std::string_view path, std::string& page) {
    page += ".Bl -tag -width Ds\n";
    append_entries(setting, std::string{path}, page);
    page += ".El\n";
}

}  // namespace

std::string settings_manual() {
    std::string page{kSettingsHead};
    page += ".Sh SETTINGS\n";
    for (const auto& section : setting_table().members) {
        page.append(".Ss ").append(in_roff(section.key)).append("\n");
        page.append(in_roff(section.doc)).append("\n");
        append_list(section, section.key, page);
    }
    return page.append(kSettingsTail);
}

std::string clients_manual() {
    std::string page{kClientsHead};
    page += ".Sh KEYS OF A CLIENT\n";
    append_list(client_table(), "", page);
    return page.append(kClientsTail);
}

}  // namespace numproof
