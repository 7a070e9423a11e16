namespace DistRec.Actors.Runtime;

/// <summary>The cell was handed over to another node; the engine sends the message on, so no caller ever sees this.</summary>
internal sealed class ActorMovedException(ActorAddress address)
    : ActorException($"{address} was handed over to another node.");
