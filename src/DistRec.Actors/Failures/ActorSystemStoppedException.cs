namespace DistRec.Actors;

/// <summary>The engine is stopping or has stopped.</summary>
public sealed class ActorSystemStoppedException()
    : ActorException("The actor system is stopping: it takes no more messages and answers no more requests.");
