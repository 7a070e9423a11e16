using Akka.Actor;

namespace DistRec.Serving.Actors;

/// <summary>
/// Who asked an actor to look at something, and is answered when a look has ended that began after the asking: one that was under way may have passed what
/// they ask about. One look at a time. For one actor.
/// </summary>
internal sealed class Looks
{
    private readonly List<IActorRef> _waiting = [];
    private readonly List<IActorRef> _asked = [];
    private bool _isUnderWay;

    /// <summary>Somebody waits for a look that begins from now on.</summary>
    public void Ask(IActorRef who) => _asked.Add(who);

    /// <summary>Begins a look.</summary>
    /// <returns>Whether none was under way.</returns>
    public bool TryBegin()
    {
        if (_isUnderWay)
        {
            return false;
        }

        _isUnderWay = true;
        _waiting.AddRange(_asked);
        _asked.Clear();
        return true;
    }

    /// <summary>Ends a look, and answers who waited for it.</summary>
    /// <returns>Whether somebody has asked meanwhile, for whom the next one is to begin.</returns>
    public bool End(object answer)
    {
        _isUnderWay = false;
        foreach (IActorRef waiting in _waiting)
        {
            waiting.Tell(answer);
        }

        _waiting.Clear();
        return _asked.Count > 0;
    }
}
