using DistRec.Actors;
using Google.Protobuf;

namespace DistRec.Contracts;

/// <summary>An actor whose behaviour a test writes in place.</summary>
public sealed class ScriptedActor(Func<ScriptedActor, IMessage, ValueTask> onReceive) : Actor, IDisposable
{
    public Func<ScriptedActor, StartReason, ValueTask>? Starting { get; init; }

    public Func<ScriptedActor, ValueTask>? Ending { get; init; }

    public Action? Disposing { get; init; }

    public new IActorContext Context => base.Context;

    /// <summary>Answers every question at once.</summary>
    public static ScriptedActor Answering() =>
        new((actor, message) => message is Question question
            ? actor.Context.ReplyAsync(new Answer { Number = question.Number })
            : ValueTask.CompletedTask);

    /// <summary>Records every message.</summary>
    public static ScriptedActor Recording<TMessage>(Recorded<TMessage> seen)
        where TMessage : IMessage =>
        new((_, message) =>
        {
            if (message is TMessage expected)
            {
                seen.Add(expected);
            }

            return ValueTask.CompletedTask;
        });

    public override ValueTask OnStartedAsync(StartReason reason) => Starting?.Invoke(this, reason) ?? ValueTask.CompletedTask;

    public override ValueTask OnReceiveAsync(IMessage message) => onReceive(this, message);

    public override ValueTask OnStoppingAsync() => Ending?.Invoke(this) ?? ValueTask.CompletedTask;

    public void Dispose() => Disposing?.Invoke();
}
