namespace DistRec.Models;

/// <summary>Arithmetic left the numbers a model can be built from; the message says where and what to try.</summary>
public sealed class NumericalException(string message) : Exception(message);
