using System.Collections.Concurrent;
using DistRec.Serving.Api;
using DistRec.Serving.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Serving.Tests.Jobs;

/// <summary>Trains nothing: jobs stand still until a test lets them end.</summary>
internal sealed class ScriptedSubmission : IJobSubmission
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JobEnd>> _ends = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JobRun>> _begun = new();
    private int _runs;

    /// <summary>How often jobs were run.</summary>
    public int Runs => Volatile.Read(ref _runs);

    public JobOutline Read(JobRequest request, string modelFolder)
    {
        // As the reader of options does to see whether it can be written.
        Directory.CreateDirectory(modelFolder + ".work");
        return request.Options?.Count > 0
            ? throw new InputException(string.Join(Environment.NewLine, request.Options.Keys.Select(option => $"--{option}: expected nothing, found it; leave it out")))
            : new JobOutline(request.Model ?? "mf", 3);
    }

    public async Task<JobEnd> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _runs);
        run.Doing("reading, 45%");
        Begun(run.Job).TrySetResult(run);
        JobEnd end = await EndOf(run.Job).Task.WaitAsync(cancellationToken);
        if (end.State == JobState.Completed)
        {
            ModelFolder.Save(run.ModelFolder, SmallModels.Saved());
        }

        return end;
    }

    /// <summary>Waits until a job is run.</summary>
    public Task<JobRun> WhenBegunAsync(string job) => Begun(job).Task.Soon("the job's beginning");

    /// <summary>Lets a job end.</summary>
    public void End(string job, JobState state, string reason) => EndOf(job).SetResult(new JobEnd(state, reason));

    /// <summary>Lets a job fail.</summary>
    public void Fail(string job, Exception exception) => EndOf(job).SetException(exception);

    private TaskCompletionSource<JobEnd> EndOf(string job) => _ends.GetOrAdd(job, _ => new TaskCompletionSource<JobEnd>(TaskCreationOptions.RunContinuationsAsynchronously));

    private TaskCompletionSource<JobRun> Begun(string job) => _begun.GetOrAdd(job, _ => new TaskCompletionSource<JobRun>(TaskCreationOptions.RunContinuationsAsynchronously));
}
