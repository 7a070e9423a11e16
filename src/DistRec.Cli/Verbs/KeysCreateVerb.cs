using System.Globalization;
using DistRec.Cli.Keys;
using DistRec.Serving.Keys;
using DistRec.Serving.Stores;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec keys create</c>: lets somebody use a server's API.</summary>
internal sealed class KeysCreateVerb : Verb
{
    private const int MaximumDays = 36_500;

    public override string Name => "create";

    public override string Summary => "Makes a key of a server's API, and prints it this once";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec keys create --name shop --scope read,events --expires 30d", "for a program that asks and tells what users do"),
        ("distrec keys create --name operator --scope admin > operator.key", "for who runs the server; nothing but the key goes to the file"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("name", "NAME", "Whose it is, or what it is for"),
        new("scope", "SCOPES", "read: predictions, recommendations and what explains them; events: sending ratings and events; admin: everything. Several with commas"),
        new("expires", "TIME", "How long it is valid, in days or hours: 30d, 12h [for ever]"),
        .. ServeOptions.Places,
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        const string Scopes = "read, events or admin, several with commas";
        GivenOptions gathered = KeyOptions.Gather(given, host);
        string name = gathered.Required("name", "whose the key is, or what it is for", "give a name");
        string scope = gathered.Required("scope", Scopes, "say what the key allows");
        if (!ApiScopes.TryParse(scope, out IReadOnlyList<ApiScope> scopes) && gathered.Has("scope"))
        {
            gathered.Mistakes.Add(gathered.PlaceOf("scope"), Scopes, GivenOptions.Quote(scope), "say what the key allows");
        }

        DateTimeOffset? expires = ReadExpiry(gathered, host.Time.GetUtcNow());
        bool isJson = gathered.Flag("json");
        gathered.Mistakes.ThrowIfAny();
        await using ServerDatabase database = await KeyOptions.OpenAsync(gathered, host, makes: true);
        NewApiKey made = await database.Keys.CreateAsync(name, scopes, expires, host.Stop);
        if (isJson)
        {
            JsonOutput.Write(host.Output, new { id = made.Key.Id, key = made.Text, name, scopes, expires });
            return ExitCode.Success;
        }

        await host.Output.WriteLineAsync(made.Text);
        await host.Error.WriteLineAsync(
            $"note: key {made.Key.Id} allows {ApiScopes.Join(made.Key.Scopes)}{(expires is { } until ? $" until {until:u}" : "")}; it is shown this once, and servers know it within seconds");
        return ExitCode.Success;
    }

    private static DateTimeOffset? ReadExpiry(GivenOptions given, DateTimeOffset now)
    {
        if (given.Text("expires") is not { } text)
        {
            return null;
        }

        TimeSpan unit = text.EndsWith('d') ? TimeSpan.FromDays(1) : text.EndsWith('h') ? TimeSpan.FromHours(1) : TimeSpan.Zero;
        if (unit > TimeSpan.Zero && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count > 0 && count <= TimeSpan.FromDays(MaximumDays) / unit)
        {
            return now + (count * unit);
        }

        given.Mistakes.Add(given.PlaceOf("expires"), "days or hours, a hundred years at most", GivenOptions.Quote(text), "write 30d or 12h, or leave it out for a key that does not expire");
        return null;
    }
}
