using DistRec.Actors;
using DistRec.Contracts;
using Google.Protobuf;

namespace DistRec.Simulation.Tests;

/// <summary>Kinds and messages that several tests use.</summary>
internal static class Actors
{
    internal static readonly ActorAddress First = new("first", 0);
    internal static readonly ActorAddress Second = new("second", 0);
    internal static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(60);
    internal static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    /// <summary>Nothing takes long, fails or is late.</summary>
    internal static readonly SimulationOptions Plain = new() { LateMessageShare = 0, SlowPullShare = 0, SlowSendShare = 0 };

    /// <summary>A kind for each of the named roles.</summary>
    internal static SimulationOptions WithRoles(params string[] roles) =>
        Plain with { Nodes = roles.Length, Roles = [.. roles.Select(role => new[] { role })] };

    internal static Note Numbered(int number, int origin = 0) => new() { Number = number, Origin = origin };

    internal static ActorKind Kind(ActorAddress address, Func<ScriptedActor, IMessage, ValueTask> onReceive, string role = "") =>
        new(address.Kind, 1, _ => new ScriptedActor(onReceive), role);

    internal static ActorKind Answering(ActorAddress address, string role = "") =>
        new(address.Kind, 1, _ => ScriptedActor.Answering(), role);

    internal static ActorKind Recording(ActorAddress address, Seen<Note> seen, string role = "") =>
        new(address.Kind, 1, _ => new ScriptedActor((_, message) =>
        {
            seen.Add((Note)message);
            return ValueTask.CompletedTask;
        }), role);

    internal static Task<Answer> AskAsync(SimulatedNode node, ActorAddress to, int number = 1) =>
        node.AskAsync<Answer>(to, new Question { Number = number }, AskTimeout);

    /// <summary>Records every start of its actors and answers questions.</summary>
    internal static ActorKind Starting(ActorAddress address, Seen<StartReason> starts, string role = "") =>
        new(address.Kind, 1, _ => new ScriptedActor((actor, message) => message is Question question
            ? actor.Context.ReplyAsync(new Answer { Number = question.Number })
            : ValueTask.CompletedTask)
        {
            Starting = (_, reason) =>
            {
                starts.Add(reason);
                return ValueTask.CompletedTask;
            },
        }, role);
}
