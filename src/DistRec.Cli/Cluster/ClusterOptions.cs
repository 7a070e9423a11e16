using DistRec.Cluster.Security;
using DistRec.Cluster.Client;

namespace DistRec.Cli.Cluster;

/// <summary>Which cluster a command speaks to, and the secret that opens it. A secret is never an option: others could read it.</summary>
internal static class ClusterOptions
{
    /// <summary>Name of the variable with the cluster's address.</summary>
    public const string AddressVariable = "DISTREC_CLUSTER";

    private const string AddressAdvice = "give the address of a coordinator, such as http://10.0.0.1:7400";
    private const int DefaultReconnectSeconds = 60;

    public static OptionDefinition ReconnectSeconds { get; } =
        new("reconnect-seconds", "N", $"How long to ask again when the cluster stops answering [{DefaultReconnectSeconds}]");

    public static IReadOnlyList<OptionDefinition> All { get; } =
    [
        new("cluster", "URL", $"A coordinator of the cluster, such as http://10.0.0.1:7400 [${AddressVariable}]"),
        SecretReader.Option,
        .. TlsReader.OfClient,
        new("secret", "TEXT", "Refused") { IsHidden = true },
    ];

    /// <summary>A client for the cluster that was given; null beside a mistake.</summary>
    public static ClusterClient? Read(GivenOptions given, CliHost host)
    {
        if (given.Has("secret"))
        {
            given.Mistakes.Add("--secret", "the secret in a file", "it on the command line, where every process of the machine can read it", $"use --secret-file, or the variable {SecretReader.Variable}, and draw a new secret");
        }

        Uri? address = ReadAddress(given, host);
        ClusterSecret? secret = SecretReader.Read(given, host);
        TlsOptions? tls = TlsReader.Read(given, host);
        if (tls is not null && address?.Scheme == Uri.UriSchemeHttp)
        {
            given.Mistakes.Add("--cluster", "an address that begins with https://, since certificates are given", address.GetLeftPart(UriPartial.Authority), "write https://, or leave the certificates out");
        }

        return address is null || given.Mistakes.Lines.Count > 0
            ? null
            : new ClusterClient(address, secret, new ClusterClientOptions { Time = host.Time, Tls = tls });
    }

    /// <summary>How long to ask again.</summary>
    public static TimeSpan ReadReconnect(GivenOptions given) =>
        TimeSpan.FromSeconds(given.Integer("reconnect-seconds", DefaultReconnectSeconds, 0, "0 gives up at once", 86_400));

    private static Uri? ReadAddress(GivenOptions given, CliHost host)
    {
        string? text = given.Text("cluster");
        string place = text is null ? AddressVariable : "--cluster";
        text ??= host.Variable(AddressVariable);
        if (string.IsNullOrWhiteSpace(text))
        {
            given.Mistakes.Add("--cluster", "the address of a cluster", "nothing", $"{AddressAdvice}, or set {AddressVariable}");
            return null;
        }

        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out Uri? address))
        {
            given.Mistakes.Add(place, "the address of a cluster", GivenOptions.Quote(text), AddressAdvice);
            return null;
        }

        if (ClusterClient.FaultOf(address) is { } fault)
        {
            given.Mistakes.Add(place, "the address of a cluster", fault, AddressAdvice);
            return null;
        }

        return address;
    }
}
