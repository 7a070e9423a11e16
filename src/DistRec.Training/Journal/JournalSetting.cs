using System.Globalization;
using Npgsql;

namespace DistRec.Training.Journal;

/// <summary>Reads the setting that names a journal.</summary>
internal static class JournalSetting
{
    public const string Option = "--journal";

    private const string Forms = "a file, or postgresql://user:password@host:port/database";
    private const int DefaultPort = 5432;

    /// <summary>Whether a setting names a file.</summary>
    public static bool IsFile(string setting) => !setting.Contains("://", StringComparison.Ordinal);

    /// <summary>The PostgreSQL database that a setting names, with the parts of its address as psql reads them; null for a file.</summary>
    /// <exception cref="InputException">The setting is neither.</exception>
    public static NpgsqlConnectionStringBuilder? ReadPostgres(string setting)
    {
        int scheme = setting.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return string.IsNullOrWhiteSpace(setting) ? throw InputException.At(Option, Forms, "nothing", "give one of the two") : null;
        }

        string place = $"{Option} {setting[..scheme]}://…";
        if (setting[..scheme] is not ("postgresql" or "postgres"))
        {
            throw InputException.At(Option, Forms, $"the scheme \"{setting[..scheme]}\"", "give one of the two");
        }

        if (!Uri.TryCreate(setting, UriKind.Absolute, out Uri? address))
        {
            throw InputException.At(place, Forms, "no address", "write reserved characters of a password as %40 and so on");
        }

        string database = Uri.UnescapeDataString(address.AbsolutePath.TrimStart('/'));
        string[] user = address.UserInfo.Split(':', 2);
        NpgsqlConnectionStringBuilder settings = new()
        {
            Host = address.Host,
            Port = address.Port > 0 ? address.Port : DefaultPort,
            Database = database,
            Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            Password = user.Length == 2 ? Uri.UnescapeDataString(user[1]) : null,
        };
        foreach (string option in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = option.Split('=', 2);
            string value = parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : "";
            switch (parts[0])
            {
                case "host" when value.Length > 0:
                    settings.Host = value;
                    break;
                case "port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536:
                    settings.Port = port;
                    break;
                case "user" when value.Length > 0:
                    settings.Username = value;
                    break;
                case "sslmode" when Enum.TryParse(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out SslMode mode):
                    settings.SslMode = mode;
                    break;
                default:
                    throw InputException.At(place, "host, port, user or sslmode after the question mark", $"\"{option}\"", "correct it, or leave it out");
            }
        }

        if (string.IsNullOrEmpty(settings.Host) || database.Length == 0)
        {
            throw InputException.At(place, "a host and a database", database.Length == 0 ? "no database" : "no host", $"write {Forms}");
        }

        return settings;
    }
}
