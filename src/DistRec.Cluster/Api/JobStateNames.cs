using DistRec.Training.Protocol;

namespace DistRec.Cluster.Api;

/// <summary>States of a job as the API writes them.</summary>
public static class JobStateNames
{
    /// <summary>The word for a state.</summary>
    public static string Of(JobState state) => Enum.IsDefined(state)
        ? state.ToString().ToLowerInvariant()
        : throw new ArgumentOutOfRangeException(nameof(state), state, "expected a state of a job");

    /// <summary>Whether a job in this state goes on no more.</summary>
    public static bool HasEnded(string word) => word is "completed" or "failed" or "cancelled";
}
