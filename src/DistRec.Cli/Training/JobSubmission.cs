using System.Net;
using DistRec.Cluster.Client;
using DistRec.Serving.Api;
using DistRec.Serving.Jobs;

namespace DistRec.Cli.Training;

/// <summary>What a server trains: jobs as <c>submit --watch</c> trains them, and <c>watch --out</c> after a restart.</summary>
/// <param name="root">Where data is read.</param>
/// <param name="host">The world around.</param>
internal sealed class JobSubmission(DataRoot root, CliHost host) : IJobSubmission
{
    public JobOutline Read(JobRequest request, string modelFolder)
    {
        TrainJob job = JobRequestReader.Read(request, modelFolder, root, host);
        return new JobOutline(job.Training.Model.Kind, job.Training.Epochs);
    }

    public async Task<JobEnd> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        CliHost here = host with { Stop = cancellationToken };
        TrainJob job = JobRequestReader.Read(run.Request, run.ModelFolder, root, here);
        job = job with { Events = run.Request is { Events: true, EventsUntil: { } until } ? new EventSource("", until, run.Events, run.Items) : null };
        ClusterTrainingOptions options = new()
        {
            Job = run.Job,
            Name = run.Request.Name ?? "",
            CancelsWhenStopped = false,

            // The server stays as long as its cluster does.
            GiveUpAfter = TimeSpan.MaxValue,
        };
        ITrainer trainer = SubmittedJob.IsKept(run.ModelFolder) && await IsOnClusterAsync(run, cancellationToken)
            ? new SubmittedTrainer(run.Client, options, SubmittedJob.Load(run.ModelFolder, run.Job), here)
            : new ClusterTrainer(run.Client, options, new Dictionary<string, string>(), here);
        TrainRunResult result = await TrainRun.RunAsync(job, trainer, here, new StageWords(run.Doing));
        return new JobEnd(result.Outcome.State, result.Outcome.Reason);
    }

    // What is kept of a job is kept before the job is there.
    private static async Task<bool> IsOnClusterAsync(JobRun run, CancellationToken cancellationToken)
    {
        try
        {
            await run.Client.JobAsync(run.Job, cancellationToken);
            return true;
        }
        catch (ClusterRefusedException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private sealed class StageWords(Action<string> doing) : IStageView
    {
        // How far training is, its events tell.
        public void Show(string stage, double fraction, string detail) => doing(stage == EventView.Stage ? "" : fraction > 0 ? $"{stage}, {fraction:0%}" : stage);

        // Notes of training are among the job's events.
        public void Say(string line)
        {
        }
    }
}
