using System.Globalization;
using DistRec.Cli.Keys;
using DistRec.Serving.Keys;
using DistRec.Serving.Stores;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec keys revoke</c>: somebody may use a server's API no more.</summary>
internal sealed class KeysRevokeVerb : Verb
{
    public override string Name => "revoke";

    public override string Summary => "Makes a key of a server's API worth nothing for ever";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } = [("distrec keys revoke 3", "servers know within seconds; where no valid key is left, they still ask for one")];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
        [new("id", "ID", "Number of the key, as keys list prints it") { IsPositional = true }, .. ServeOptions.Places, Json];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        const string Expected = "the number of a key";
        const string Advice = "distrec keys list prints them";
        GivenOptions gathered = KeyOptions.Gather(given, host);
        if (!long.TryParse(gathered.Text("id"), NumberStyles.None, CultureInfo.InvariantCulture, out long id))
        {
            gathered.Mistakes.Add("ID", Expected, gathered.Text("id") is { } text ? GivenOptions.Quote(text) : "nothing", Advice);
        }

        bool isJson = gathered.Flag("json");
        gathered.Mistakes.ThrowIfAny();
        await using ServerDatabase database = await KeyOptions.OpenAsync(gathered, host, makes: false);
        ApiKey revoked = await database.Keys.RevokeAsync(id, host.Stop) ?? throw InputException.At("ID", Expected, $"{id}", Advice);
        if (isJson)
        {
            JsonOutput.Write(host.Output, new { id, revoked = revoked.Revoked });
        }
        else
        {
            await host.Output.WriteLineAsync($"key {id} ({revoked.Name}) is revoked");
        }

        return ExitCode.Success;
    }
}
