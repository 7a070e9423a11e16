using DistRec.Training.Coordination;
using Microsoft.Extensions.Logging;

namespace DistRec.Training.Telemetry;

/// <summary>
/// What a coordinator writes into its node's log: a line for each epoch, loss and recovery, and at level Debug for each round. All
/// lines carry the job and the round as properties, and are written in a scope of the job.
/// </summary>
internal sealed class CoordinatorLog(ILogger logger)
{
    private string _job = "";
    private long _round;
    private bool _isRecovering;

    /// <summary>A job begins, or goes on.</summary>
    public void Begin(JobSpec spec, Snapshot? snapshot)
    {
        _job = spec.Job;
        _round = 0;
        _isRecovering = false;
        using IDisposable? scope = Scope();
        if (snapshot is null)
        {
            logger.LogInformation(
                "Job {Job} begins: {Model}, {Partitions} partitions a side, at most {Epochs} epochs.", _job, spec.ModelName, spec.UserStarts.Count - 1, spec.Epochs);
        }
        else
        {
            logger.LogInformation("Job {Job} goes on from the snapshot after epoch {Epoch}.", _job, snapshot.Resume.Epoch);
        }
    }

    /// <summary>A round is commanded.</summary>
    public void RoundBegins(Round round)
    {
        _round = round.Number;
        using IDisposable? scope = Scope();
        logger.LogDebug("Job {Job}, round {Round}: {Kind} of epoch {Epoch} begins.", _job, _round, round.Kind, round.Epoch);
    }

    /// <summary>Everyone has reported.</summary>
    public void RoundDone(RoundKind kind, TimeSpan elapsed)
    {
        using IDisposable? scope = Scope();
        logger.LogDebug("Job {Job}, round {Round}: {Kind} took {Seconds:0.000} s.", _job, _round, kind, elapsed.TotalSeconds);
    }

    /// <summary>A partition lost its state.</summary>
    public void Lost(PartitionId who, string cause)
    {
        using IDisposable? scope = Scope();
        logger.LogWarning("Job {Job}, round {Round}: {Partition} lost its state: {Cause}.", _job, _round, who.ToString(), cause.TrimEnd('.'));
    }

    /// <summary>What the job tells.</summary>
    /// <param name="events">In order.</param>
    /// <param name="isRepairing">Whether partitions are on their way back.</param>
    public void Told(IReadOnlyList<JobEvent> events, bool isRepairing)
    {
        using IDisposable? scope = events.Count > 0 || _isRecovering ? Scope() : null;
        foreach (JobEvent jobEvent in events)
        {
            Write(jobEvent);
        }

        if (_isRecovering && !isRepairing)
        {
            logger.LogInformation("Job {Job}, round {Round}: every partition has its state again.", _job, _round);
        }

        _isRecovering = isRepairing;
    }

    private void Write(JobEvent jobEvent)
    {
        switch (jobEvent.WhatCase)
        {
            case JobEvent.WhatOneofCase.Epoch:
                EpochFinished epoch = jobEvent.Epoch;
                logger.LogInformation(
                    "Job {Job}, round {Round}: epoch {Epoch} took {Seconds:0.000} s, training RMSE {TrainRmse:0.0000}, validation RMSE {ValidationRmse:0.0000}, "
                    + "{ReceivedBytes} bytes of rows moved, {NeededBytes} had to.",
                    _job, _round, epoch.Epoch, epoch.Seconds, epoch.TrainRmse, epoch.ValidationRmse, epoch.ReceivedBytes, epoch.NeededBytes);
                break;
            case JobEvent.WhatOneofCase.Note:
                logger.LogInformation("Job {Job}, round {Round}: {Note}.", _job, _round, jobEvent.Note.Text.TrimEnd('.'));
                break;
            case JobEvent.WhatOneofCase.State when jobEvent.State.State is JobState.Completed or JobState.Cancelled:
                logger.LogInformation("Job {Job} has ended: {State}, {Reason}.", _job, jobEvent.State.State, jobEvent.State.Reason);
                break;
            case JobEvent.WhatOneofCase.State when jobEvent.State.State == JobState.Failed:
                logger.LogError("Job {Job} has failed: {Reason}.", _job, jobEvent.State.Reason);
                break;
            default:
                break;
        }
    }

    private IDisposable? Scope() => logger.BeginScope("job {Job}", _job);
}
