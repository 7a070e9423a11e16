using System.Globalization;
using DistRec.Cluster.Api;
using Spectre.Console;

namespace DistRec.Cli.Cluster;

/// <summary>A cluster's status for a person.</summary>
internal static class ClusterText
{
    public static void Write(IAnsiConsole console, Uri address, ClusterStatus status)
    {
        List<(string, string)> pairs =
        [
            ("cluster", address.GetLeftPart(UriPartial.Authority)),
            ("version", status.Version),
            ("nodes", Quantity.Of(status.Nodes.Count, "node")),
        ];
        if (status.StoredBytes is { } stored)
        {
            pairs.Add(("stored", Quantity.Bytes(stored)));
        }

        if (status.Jobs.Count == 0)
        {
            pairs.Add(("jobs", "none waits or runs"));
        }

        foreach (PendingJob pending in status.Jobs)
        {
            JobSummary job = pending.Job;
            pairs.Add(("job", $"{job.Id}{(job.Name.Length > 0 ? $" ({job.Name})" : "")}: {job.Model}, {job.State}, epoch {job.Epoch}/{job.Epochs}, validation RMSE {Quantity.Error(job.ValidationRmse)}"));
            if (pending.LastEpoch is { } epoch)
            {
                pairs.Add(("its last epoch", $"{epoch.Epoch} took {Quantity.Duration(epoch.Seconds)}; {TrafficOf(epoch)}"));
            }
        }

        console.Write(Screen.Pairs(pairs));
        Table table = Screen.TableOf("node", "role", "state", "address", "threads>", "version", "received>", "sent>", "shards");
        foreach (NodeStatus node in status.Nodes)
        {
            table.AddTexts(
                node.Id, node.Role, node.State, node.Address, node.Threads.ToString(CultureInfo.InvariantCulture), node.Version, BytesOf(node.ReceivedBytes), BytesOf(node.SentBytes),
                ShardsOf(node.Shards));
        }

        console.Write(table);
    }

    /// <summary>Shards by kind, neighbours together: "user-factors 0-3 5, item-factors 2".</summary>
    public static string ShardsOf(IReadOnlyList<string> shards)
    {
        IEnumerable<IGrouping<string, int>> kinds = shards
            .Select(shard => shard.Split('/'))
            .Where(parts => parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .GroupBy(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture));
        return string.Join(", ", kinds.Select(kind => $"{kind.Key} {string.Join(' ', RangesOf([.. kind.Order()]))}"));
    }

    private static IEnumerable<string> RangesOf(int[] numbers)
    {
        for (int first = 0, last; first < numbers.Length; first = last + 1)
        {
            last = first;
            while (last + 1 < numbers.Length && numbers[last + 1] == numbers[last] + 1)
            {
                last++;
            }

            yield return first == last ? $"{numbers[first]}" : $"{numbers[first]}-{numbers[last]}";
        }
    }

    private static string TrafficOf(EpochTraffic epoch) => epoch.NeededBytes > 0
        ? $"{Quantity.Bytes(epoch.ReceivedBytes)} moved between nodes, {(double)epoch.ReceivedBytes / epoch.NeededBytes:0.00} times the least possible of {Quantity.Bytes(epoch.NeededBytes)}"
        : $"{Quantity.Bytes(epoch.ReceivedBytes)} moved between nodes, none needed";

    private static string BytesOf(long? bytes) => bytes is { } known ? Quantity.Bytes(known) : "–";
}
