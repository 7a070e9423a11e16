using DistRec.Cluster.Client;

namespace DistRec.Cli.Cluster;

/// <summary>The job that a command is about.</summary>
internal static class JobArgument
{
    public static OptionDefinition Definition { get; } = new("job", "JOB", "Id of the job, as submit and jobs print it") { IsPositional = true };

    /// <summary>Its id; empty beside a mistake.</summary>
    public static string Read(GivenOptions given)
    {
        const string Advice = "distrec jobs lists them";
        if (given.Text("job") is not { } job)
        {
            given.Mistakes.Add("JOB", "the id of a job", "nothing", Advice);
            return "";
        }

        if (!JobIds.IsValid(job))
        {
            given.Mistakes.Add("JOB", "the id of a job: letters, digits and hyphens", GivenOptions.Quote(job), Advice);
        }

        return job;
    }
}
