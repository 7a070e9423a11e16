using System.Text;
using DistRec.Actors.Cluster.Security;
using DistRec.Cli.Arguments;

namespace DistRec.Cli.Cluster;

/// <summary>Reads the cluster's secret from a file or the environment; never from the command line, which others can see.</summary>
internal static class SecretReader
{
    public const string Variable = "DISTREC_SECRET";

    public static OptionDefinition Option { get; } = new(
        "secret-file", "FILE", $"The secret that all nodes and clients of a cluster share; or the variable {Variable}. Needed off the loopback");

    /// <summary>The secret; null where none is given, or a mistake was noted.</summary>
    public static ClusterSecret? Read(GivenOptions given, CliHost host)
    {
        string? text = host.Variable(Variable);
        string place = Variable;
        if (given.Text(Option.Name) is { } file)
        {
            place = given.PlaceOf(Option.Name);
            try
            {
                text = File.ReadAllText(file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                given.Mistakes.Add(place, "a file that can be read", exception.Message, "draw a secret with: openssl rand -hex 32");
                return null;
            }
        }

        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text.Trim());
        if (bytes.Length < ClusterSecret.LeastBytes)
        {
            given.Mistakes.Add(place, $"at least {ClusterSecret.LeastBytes} characters", $"{bytes.Length}", "draw a secret with: openssl rand -hex 32");
            return null;
        }

        return new ClusterSecret(bytes);
    }
}
