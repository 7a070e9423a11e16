using DistRec.Cluster.Hosting;
using DistRec.Serving.Actors;
using DistRec.Serving.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Api;

/// <summary>Answers whoever looks after the process: <c>/healthz/live</c>, whether it is worth keeping, and <c>/healthz/ready</c>, whether it does its work.</summary>
internal static class HealthEndpoints
{
    // Probes are mostly given a second; a partition that is awake answers at once.
    private static readonly TimeSpan WakeTimeout = TimeSpan.FromMilliseconds(800);

    /// <summary>Maps them.</summary>
    /// <param name="routes">The root.</param>
    /// <param name="cluster">The node that the server is.</param>
    /// <param name="desk">Asks partitions.</param>
    /// <param name="node">What the node answers from.</param>
    public static void Map(IEndpointRouteBuilder routes, ClusterNode cluster, UserDesk desk, ServingNode node)
    {
        routes.MapGet("/healthz/live", () => Answer(cluster.FindDeath(), "ok")).ExcludeFromDescription();
        routes.MapGet("/healthz/ready", async Task<ContentHttpResult> (CancellationToken cancellationToken) =>
        {
            string fault = await cluster.FindFaultAsync().ConfigureAwait(false);
            fault = fault.Length > 0 ? fault : await FindSleeperAsync(desk, node.Partitions, cancellationToken).ConfigureAwait(false);
            string models = node.Models.Default is { } model ? $"{model.Name} version {model.Version} answers" : "no model is active";
            return Answer(fault, node.Fault.Length == 0 ? $"ok; {models}" : $"ok; {models}; {node.Fault}");
        }).ExcludeFromDescription();
    }

    private static ContentHttpResult Answer(string fault, string good) => fault.Length == 0
        ? TypedResults.Text(good)
        : TypedResults.Text(fault, statusCode: StatusCodes.Status503ServiceUnavailable);

    private static async Task<string> FindSleeperAsync(UserDesk desk, int partitions, CancellationToken cancellationToken)
    {
        bool[] awake = await Task.WhenAll(Enumerable.Range(0, partitions).Select(async partition =>
        {
            try
            {
                await desk.WakeAsync(partition, WakeTimeout, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (TimeoutException)
            {
                return false;
            }
        })).ConfigureAwait(false);
        int asleep = awake.Count(isAwake => !isAwake);
        return asleep == 0 ? "" : $"{asleep} of {partitions} partitions of users do not answer, such as {Array.IndexOf(awake, false)}; they move, or wait for what is kept of their users";
    }
}
