namespace DistRec.Actors;

/// <summary>Why an actor's <see cref="Actor.OnStartedAsync"/> is called; any reason but the first means its memory is lost.</summary>
public enum StartReason
{
    /// <summary>The actor starts for the first time.</summary>
    First,

    /// <summary>An exception ended the one before it.</summary>
    Failure,

    /// <summary>Its node died or handed it over, and it starts afresh elsewhere.</summary>
    Relocation,
}
