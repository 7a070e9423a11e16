using DistRec.Actors;
using DistRec.Models;
using DistRec.Simulation;
using DistRec.Training.Actors;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Training.Tests.Simulation;

/// <summary>The client's side of a job on one node: starts it, watches it, takes its model.</summary>
internal sealed class SimulationClient(SimulatedNode node, Task<ActorFailure> failed, JobSpec spec)
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(30);

    private readonly List<EpochFinished> _epochs = [];
    private readonly List<string> _notes = [];
    private FactorModel? _model;

    internal async Task<TrainingOutcome> RunAsync()
    {
        await node.AskAsync<JobAccepted>(Addresses.Coordinator, new StartJob { Spec = spec }, AskTimeout).ConfigureAwait(false);
        long after = 0;
        while (true)
        {
            Task<JobEvents> watching = node.AskAsync<JobEvents>(
                Addresses.Coordinator, new WatchJob { Job = spec.Job, After = after }, AskTimeout);
            if (await Task.WhenAny(watching, failed).ConfigureAwait(false) == failed)
            {
                ActorFailure failure = await failed.ConfigureAwait(false);
                return End(new StateChanged { State = JobState.Failed, Reason = $"{failure.Address}: {failure.Cause.Message}" });
            }

            JobEvents events;
            try
            {
                events = await watching.ConfigureAwait(false);
            }
            catch (AskTimeoutException)
            {
                // A long round without news, or a lost answer: ask again.
                continue;
            }

            foreach (JobEvent happening in events.Events)
            {
                after = happening.Sequence;
                if (await TakeAsync(happening).ConfigureAwait(false) is { } end)
                {
                    return End(end);
                }
            }
        }
    }

    private async Task<StateChanged?> TakeAsync(JobEvent happening)
    {
        switch (happening.WhatCase)
        {
            case JobEvent.WhatOneofCase.Epoch:
                _epochs.RemoveAll(epoch => epoch.Epoch >= happening.Epoch.Epoch);
                _epochs.Add(happening.Epoch);
                return null;
            case JobEvent.WhatOneofCase.Note:
                _notes.Add(happening.Note.Text);
                return null;
            case JobEvent.WhatOneofCase.Tables:
                TablesPublished tables = happening.Tables;
                if (tables.Purpose == TablesPurpose.Model)
                {
                    _model = await PullModelAsync(tables.Version).ConfigureAwait(false);
                }

                await node.SendAsync(Addresses.Coordinator, new TablesTaken { Job = spec.Job, Version = tables.Version }).ConfigureAwait(false);
                return null;
            default:
                return happening.State is { State: JobState.Completed or JobState.Failed or JobState.Cancelled } end ? end : null;
        }
    }

    private TrainingOutcome End(StateChanged end) => new(end.State, end.Reason, _model, end.BestEpoch, _epochs, _notes, null);

    private Task<FactorModel> PullModelAsync(long version) =>
        PublishedTables.PullModelAsync(node.Blocks, spec, version, Addresses.Tables, CancellationToken.None);
}
