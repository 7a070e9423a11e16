namespace DistRec.Actors;

/// <summary>What can go wrong between actors, each with a type of its own.</summary>
public abstract class ActorException(string message, Exception? cause = null) : Exception(message, cause);
