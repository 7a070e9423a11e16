namespace DistRec.Serving.Registry;

/// <summary>The registry cannot do what was asked of it. The message names it and the model, what was found, and what to do.</summary>
public class ModelRegistryException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>There is no such model, or no such version of it.</summary>
public sealed class UnknownModelException(string place, string model)
    : ModelRegistryException($"{place}: the model {model}: expected one that is registered, found none; check the name and the version");

/// <summary>What was asked is not done to a model of this state.</summary>
public sealed class ModelStateException(string place, string model, string expected, string found, string advice)
    : ModelRegistryException($"{place}: the model {model}: expected {expected}, found {found}; {advice}");
