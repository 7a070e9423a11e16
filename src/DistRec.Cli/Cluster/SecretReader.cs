using DistRec.Cluster.Security;

namespace DistRec.Cli.Cluster;

/// <summary>Reads the cluster's secret from a file or the environment; never from the command line, which others can see.</summary>
internal static class SecretReader
{
    /// <summary>Name of the variable with the cluster's secret.</summary>
    public const string Variable = "DISTREC_SECRET";

    public static OptionDefinition Option { get; } =
        new("secret-file", "FILE", $"File with the secret that nodes and clients of a cluster share [the secret in ${Variable}, else none]");

    /// <summary>The secret; null where none is given, or a mistake was noted.</summary>
    public static ClusterSecret? Read(GivenOptions given, CliHost host)
    {
        string? text = host.Variable(Variable);
        string place = Variable;
        if (given.Text(Option.Name) is { } path)
        {
            place = given.PlaceOf(Option.Name);
            try
            {
                text = File.ReadAllText(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                given.Mistakes.Add(place, "a file with the cluster's secret", $"none that can be read at {GivenOptions.Quote(path)}", "check the path and its permissions");
                return null;
            }
        }
        else if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        try
        {
            return ClusterSecret.FromText(text!);
        }
        catch (ArgumentException)
        {
            given.Mistakes.Add(
                place, $"a secret of at least {ClusterSecret.MinBytes} bytes", "fewer", "take the one that the cluster's nodes have, or draw one with: openssl rand -hex 32");
            return null;
        }
    }
}
