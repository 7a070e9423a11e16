using DistRec.Cli.Keys;
using DistRec.Serving.Keys;
using DistRec.Serving.Stores;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec keys list</c>: who may use a server's API?</summary>
internal sealed class KeysListVerb : Verb
{
    public override string Name => "list";

    public override string Summary => "Lists the keys of a server's API, not the keys themselves";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } = [("distrec keys list", "what each allows, and when it was used last")];

    public override IReadOnlyList<OptionDefinition> Options { get; } = [.. ServeOptions.Places, Json];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        GivenOptions gathered = KeyOptions.Gather(given, host);
        bool isJson = gathered.Flag("json");
        gathered.Mistakes.ThrowIfAny();
        await using ServerDatabase database = await KeyOptions.OpenAsync(gathered, host, makes: false);
        IReadOnlyList<ApiKey> keys = await database.Keys.ListAsync(host.Stop);
        if (isJson)
        {
            JsonOutput.Write(host.Output, new { keys });
            return ExitCode.Success;
        }

        IAnsiConsole console = Screen.ForResults(host);
        if (keys.Count == 0)
        {
            console.WriteLine("no keys yet: distrec keys create makes one");
            return ExitCode.Success;
        }

        Table table = Screen.TableOf("key>", "name", "scopes", "state", "made (UTC)", "expires (UTC)", "last used (UTC)");
        foreach (ApiKey key in keys)
        {
            string state = key.Revoked is not null ? "revoked" : key.HasExpired(host.Time.GetUtcNow()) ? "expired" : "valid";
            table.AddTexts($"{key.Id}", key.Name, ApiScopes.Join(key.Scopes), state, Minute(key.Created), Minute(key.Expires), Minute(key.LastUsed));
        }

        console.Write(table);
        return ExitCode.Success;
    }

    private static string Minute(DateTimeOffset? at) => at is { } time ? $"{time.UtcDateTime:yyyy-MM-dd HH:mm}" : "";
}
