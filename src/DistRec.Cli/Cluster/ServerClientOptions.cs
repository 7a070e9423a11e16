namespace DistRec.Cli.Cluster;

/// <summary>Which server a command calls, and the key that it shows. A key is never an option: others could read it.</summary>
internal static class ServerClientOptions
{
    /// <summary>Name of the variable with the server's address.</summary>
    public const string AddressVariable = "DISTREC_SERVER";

    /// <summary>Name of the variable with the API key.</summary>
    public const string KeyVariable = "DISTREC_API_KEY";

    private const string Advice = "give the address of a server, such as http://127.0.0.1:7500";

    /// <summary>The options.</summary>
    public static IReadOnlyList<OptionDefinition> All { get; } =
    [
        new("server", "URL", $"A server to ask, such as http://127.0.0.1:7500 [${AddressVariable}]"),
        new("api-key-file", "FILE", $"File with the key that the server asks for [the key in ${KeyVariable}, else none]"),
    ];

    /// <summary>Whether a server was named.</summary>
    public static bool IsGiven(GivenOptions given, CliHost host) => given.Has("server") || !string.IsNullOrWhiteSpace(host.Variable(AddressVariable));

    /// <summary>A client of the server that was named; null beside a mistake.</summary>
    public static RecommendationClient? Read(GivenOptions given, CliHost host)
    {
        string? text = given.Text("server") ?? host.Variable(AddressVariable);
        string place = given.Has("server") ? given.PlaceOf("server") : AddressVariable;
        string? key = ReadKey(given, host);
        if (!Uri.TryCreate(text?.Trim(), UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
        {
            given.Mistakes.Add(place, "an address that begins with http:// or https://", GivenOptions.Quote(text ?? ""), Advice);
            return null;
        }

        return given.Mistakes.Lines.Count > 0 ? null : new RecommendationClient(address, key, host.Network);
    }

    private static string? ReadKey(GivenOptions given, CliHost host)
    {
        if (given.Text("api-key-file") is not { } path)
        {
            return host.Variable(KeyVariable)?.Trim() is { Length: > 0 } key ? key : null;
        }

        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            given.Mistakes.Add(
                given.PlaceOf("api-key-file"), "a file with an API key", $"none that can be read at {GivenOptions.Quote(path)}", "check the path and its permissions");
            return null;
        }
    }
}
