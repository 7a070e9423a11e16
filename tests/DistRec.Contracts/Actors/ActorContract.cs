using DistRec.Actors;
using Google.Protobuf;

namespace DistRec.Contracts;

/// <summary>What every engine promises. An engine's tests derive from this and say how it is started.</summary>
public abstract partial class ActorContract : IAsyncLifetime
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromMinutes(5);
    private static readonly ActorAddress First = new("first", 0);
    private static readonly ActorAddress Second = new("second", 0);

    private EngineUnderTest? _engine;

    protected ManualTime Time { get; } = new();

    private EngineUnderTest Engine => _engine!;

    private IActorSystem System => Engine.System;

    public async Task InitializeAsync() => _engine = await StartEngineAsync(new EngineSettings(Time));

    public async Task DisposeAsync() => await Engine.DisposeAsync();

    protected abstract Task<EngineUnderTest> StartEngineAsync(EngineSettings settings);

    private static Note Numbered(int number, int origin = 0) => new() { Number = number, Origin = origin };

    private static ActorKind Kind(ActorAddress address, Func<ScriptedActor> factory) =>
        new(address.Kind, 1, _ => factory())
        {
            Restart = new RestartPolicy { FirstBackoff = TimeSpan.FromSeconds(1), LongestBackoff = TimeSpan.FromSeconds(4) },
        };

    private static ActorKind Kind(ActorAddress address, Func<ScriptedActor, IMessage, ValueTask> onReceive) =>
        Kind(address, () => new ScriptedActor(onReceive));

    private async Task RestartEngineAsync(EngineSettings settings)
    {
        await Engine.DisposeAsync();
        _engine = await StartEngineAsync(settings);
    }

    private Task<Answer> AskAsync(ActorAddress to, int number = 1, CancellationToken cancellationToken = default) =>
        System.AskAsync<Answer>(to, new Question { Number = number }, AskTimeout, cancellationToken);

    private ValueTask CommandAsync(ActorAddress to, string name) => System.SendAsync(to, new Command { Name = name });
}
