using System.Globalization;
using Npgsql;

namespace DistRec.Training.Databases;

/// <summary>Opens the database that a person names: a file's path, or <c>postgresql://user:password@host:port/database</c>.</summary>
internal static class DatabaseSetting
{
    private const string Forms = "a file, or postgresql://user:password@host:port/database";
    private const int DefaultPort = 5432;

    /// <summary>Opens a database, makes it where there is none, and brings its tables to the newest version.</summary>
    /// <param name="option">What the setting is given as; errors begin with it.</param>
    /// <param name="setting">What the person gave.</param>
    /// <param name="schema">What is kept in it.</param>
    /// <param name="time">The clock that pauses go by.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InputException">The setting cannot be understood, or the database cannot be opened.</exception>
    public static async Task<IDatabase> OpenAsync(
        string option, string setting, SchemaSteps schema, TimeProvider time, CancellationToken cancellationToken = default)
    {
        try
        {
            return await PreparedAsync(
                ReadPostgres(option, setting) is { } settings
                    ? await PostgresDatabase.OpenAsync(settings, time, cancellationToken).ConfigureAwait(false)
                    : await SqliteDatabase.OpenAsync(setting, schema.Kept).ConfigureAwait(false),
                schema,
                cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException exception)
        {
            throw new InputException($"{option}: {exception.Message}", exception);
        }
    }

    /// <inheritdoc cref="OpenAsync"/>
    /// <exception cref="DatabaseException">The file cannot be opened or is no database.</exception>
    public static async Task<IDatabase> OpenFileAsync(string path, SchemaSteps schema) =>
        await PreparedAsync(await SqliteDatabase.OpenAsync(path, schema.Kept).ConfigureAwait(false), schema, CancellationToken.None).ConfigureAwait(false);

    /// <summary>Whether a setting names a file.</summary>
    public static bool IsFile(string setting) => !setting.Contains("://", StringComparison.Ordinal);

    /// <summary>The PostgreSQL database that a setting names, with the parts of its address as psql reads them; null for a file.</summary>
    /// <exception cref="InputException">The setting is neither.</exception>
    public static NpgsqlConnectionStringBuilder? ReadPostgres(string option, string setting)
    {
        int scheme = setting.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return string.IsNullOrWhiteSpace(setting) ? throw InputException.At(option, Forms, "nothing", "give one of the two") : null;
        }

        string place = $"{option} {setting[..scheme]}://…";
        if (setting[..scheme] is not ("postgresql" or "postgres"))
        {
            throw InputException.At(option, Forms, $"the scheme \"{setting[..scheme]}\"", "give one of the two");
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
        foreach (string given in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = given.Split('=', 2);
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
                    throw InputException.At(place, "host, port, user or sslmode after the question mark", $"\"{given}\"", "correct it, or leave it out");
            }
        }

        if (string.IsNullOrEmpty(settings.Host) || database.Length == 0)
        {
            throw InputException.At(place, "a host and a database", database.Length == 0 ? "no database" : "no host", $"write {Forms}");
        }

        return settings;
    }

    private static async Task<IDatabase> PreparedAsync(IDatabase database, SchemaSteps schema, CancellationToken cancellationToken)
    {
        try
        {
            await schema.PrepareAsync(database, cancellationToken).ConfigureAwait(false);
            return database;
        }
        catch
        {
            await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
