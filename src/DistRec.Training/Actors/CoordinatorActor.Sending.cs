using DistRec.Actors;
using DistRec.Training.Coordination;
using DistRec.Training.Protocol;
using Google.Protobuf;

namespace DistRec.Training.Actors;

/// <content>Messages to participants.</content>
internal sealed partial class CoordinatorActor
{
    private Task CommandAsync(IEnumerable<(string Kind, int Shard)> participants) => SendAllAsync([.. participants], _command);

    private Task SendVisitsAsync(IReadOnlyList<BlockVisit> visits) =>
        Task.WhenAll(visits.Select(visit => SendAsync(
            new ActorAddress(UserKind, visit.Worker),
            new VisitBlock
            {
                Job = _spec.Job,
                Round = _command.Round,
                Block = visit.Block,
                Holder = visit.Holder,
                HomeVersion = _command.SourceVersion,
                Version = visit.Version,
                Step = visit.Step,
                LearningRate = _command.LearningRate,
            })));

    private Task SendAllAsync(IEnumerable<(string Kind, int Shard)> participants, IMessage message) =>
        Task.WhenAll(participants.Select(participant => SendAsync(new ActorAddress(participant.Kind, participant.Shard), message)));

    // What cannot be delivered now is sent again with the next tick; whoever lost its state says so itself.
    private async Task SendAsync(ActorAddress to, IMessage message)
    {
        try
        {
            await Context.SendAsync(to, message).ConfigureAwait(false);
        }
        catch (ActorException exception) when (exception is ActorFailedException or SendTimeoutException)
        {
        }
    }
}
