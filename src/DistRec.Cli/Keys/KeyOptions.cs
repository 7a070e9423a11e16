using DistRec.Serving.Hosting;
using DistRec.Serving.Keys;
using DistRec.Serving.Stores;

namespace DistRec.Cli.Keys;

/// <summary>Which server's keys a command is about: named by the options and variables of <c>serve</c>.</summary>
internal static class KeyOptions
{
    /// <summary>Adds what the environment says to what was typed.</summary>
    public static GivenOptions Gather(GivenOptions given, CliHost host) => VariableOptions.Add(given, ServeOptions.Places, ServeOptions.VariablePrefix, host);

    /// <summary>The option that names a server's database, with a space before it and without the password that an address may hold; empty where none is needed.</summary>
    public static string Of(ServerOptions server) => server switch
    {
        { Database: { } place } => $" --database {(ServerDatabase.IsFile(place) ? ShellText.Quote(place) : "postgresql://…")}",
        { DataFolder: not ServerOptions.DefaultDataFolder } => $" --data-dir {ShellText.Quote(server.DataFolder)}",
        _ => "",
    };

    /// <summary>Opens the database that they name.</summary>
    /// <param name="given">The options, gathered.</param>
    /// <param name="host">The clock.</param>
    /// <param name="makes">Whether it is made where there is none.</param>
    /// <exception cref="InputException">There is none, or it cannot be used.</exception>
    public static async Task<ServerDatabase> OpenAsync(GivenOptions given, CliHost host, bool makes)
    {
        string place = ServerOptions.PlaceOf(given.Text("database"), ServeOptions.FolderOf(given));
        if (ServerDatabase.IsFile(place) && !File.Exists(place))
        {
            if (!makes)
            {
                string option = given.Has("database") ? "database" : "data-dir";
                throw InputException.At(given.PlaceOf(option), "the database of a server", $"none at {GivenOptions.Quote(place)}", "name it as distrec serve does");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(place))!);
        }

        return await ServerDatabase.OpenAsync("--database", place, host.Time, host.Stop);
    }
}
