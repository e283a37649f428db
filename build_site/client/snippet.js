// The configuration of one run as Python to start from: a PyTorch module that trains it, or, where
// this project's network is not what the study is about, a dictionary.
"use strict";

(() => {
  // Hyper-parameters that are not drawn have these values, as in train/recipe.py.
  const USUAL = {
    batch_size: 64, augmentation: "off", optimizer: "adam", activation: "relu",
    initialization: "glorot_uniform", learning_rate: 0.001, learning_rate_decay: 0.96,
    momentum: 0.95, dropout: 0.5, filter_size: 5, conv_depth: 3, conv_width: 8,
    dense_depth: 2, dense_width: 128,
  };

  const ACTIVATIONS = { relu: "nn.ReLU()", elu: "nn.ELU()", sigmoid: "nn.Sigmoid()", tanh: "nn.Tanh()" };

  const INITIALIZATIONS = {
    constant: "nn.init.constant_(layer.weight, 0.05)",
    random_normal: "nn.init.normal_(layer.weight, 0.0, 0.05)",
    glorot_uniform: "nn.init.xavier_uniform_(layer.weight)",
    glorot_normal: "nn.init.xavier_normal_(layer.weight)",
  };

  const OPTIMIZERS = {
    adam: (c) => `torch.optim.Adam(network.parameters(), lr=${c.learning_rate})`,
    rmsprop: (c) => `torch.optim.RMSprop(network.parameters(), lr=${c.learning_rate})`,
    momentum_sgd: (c) =>
      `torch.optim.SGD(network.parameters(), lr=${c.learning_rate}, momentum=${c.momentum})`,
  };

  const CHOICES = {
    activation: ACTIVATIONS, initialization: INITIALIZATIONS, optimizer: OPTIMIZERS,
    augmentation: { off: true, on: true },
  };

  const IMAGE_SIZE = 32;

  // `configuration` is { name: value } of the study's parameters; a missing value is null, and so is
  // a number of classes that is not known.
  function snippet(configuration, classes, heading) {
    const remark = [`# ${oneLine(heading)}`];
    if (!isKnown(configuration)) return [...remark, ...dictionary(configuration)].join("\n");
    return [...remark, ...remarks(configuration), ...program({ ...USUAL, ...numbers(configuration) }, classes)].join("\n");
  }

  // Text from data must not end the comment it stands in.
  const oneLine = (text) => text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");

  // Whether every parameter, and its value, is one that this project's network has.
  function isKnown(configuration) {
    const entries = Object.entries(configuration);
    return entries.length > 0 && entries.every(([name, value]) => {
      if (!Object.hasOwn(USUAL, name)) return false;
      if (Object.hasOwn(CHOICES, name)) return Object.hasOwn(CHOICES[name], value);
      return value !== null && value !== "" && Number(value) >= 0 && Number(value) < Infinity;
    });
  }

  const numbers = (configuration) => Object.fromEntries(Object.entries(configuration).map(
    ([name, value]) => [name, Object.hasOwn(CHOICES, name) ? value : Number(value)]));

  function remarks(configuration) {
    const others = Object.entries(USUAL).filter(([name]) => !Object.hasOwn(configuration, name));
    if (others.length === 0) return [];
    const lines = [];
    for (const [name, value] of others) {
      const word = `${name} ${value}`;
      const line = lines.at(-1);
      if (line !== undefined) lines[lines.length - 1] += ",";
      if (line === undefined || line.length + word.length > 85) lines.push(`#     ${word}`);
      else lines[lines.length - 1] += ` ${word}`;
    }
    return ["# The study does not vary these; they have the usual values of this project:", ...lines];
  }

  function program(c, classes) {
    return [
      "import torch",
      "from torch import nn",
      "",
      `# Images are ${IMAGE_SIZE} x ${IMAGE_SIZE} with three channels, standardised.`,
      classes === null ? "CLASSES = 10  # set this: as many as your data set has" : `CLASSES = ${classes}`,
      "network = nn.Sequential(",
      ...layers(c).map((line) => `    ${line}`),
      ")",
      "",
      "",
      "def initialize(layer):",
      "    if isinstance(layer, (nn.Conv2d, nn.Linear)):",
      `        ${INITIALIZATIONS[c.initialization]}`,
      "        if layer.bias is not None:",
      "            nn.init.zeros_(layer.bias)",
      "",
      "",
      "network.apply(initialize)",
      `optimizer = ${OPTIMIZERS[c.optimizer](c)}`,
      `schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=${c.learning_rate_decay})`,
      `BATCH_SIZE = ${c.batch_size}`,
      ...augmentation(c),
      "",
      "",
      "def train(loader, epochs):",
      '    """Train on mini-batches (images, labels) of BATCH_SIZE."""',
      "    network.train()",
      "    for _ in range(epochs):",
      "        for images, labels in loader:",
      "            optimizer.zero_grad()",
      "            loss = nn.functional.cross_entropy(network(images), labels)",
      "            loss.backward()",
      "            optimizer.step()",
      "        schedule.step()",
      "",
    ];
  }

  // Convolution, batch norm, activation, pool; then fully connected, activation, batch norm,
  // dropout. A convolution needs no bias: batch norm would take it out again.
  function layers(c) {
    const activation = ACTIVATIONS[c.activation];
    const lines = [];
    let inputs = 3;
    for (let block = 0; block < c.conv_depth; block++) {
      const filters = c.conv_width * 2 ** block;
      lines.push(`nn.Conv2d(${inputs}, ${filters}, ${c.filter_size}, padding="same", bias=False),`);
      lines.push(`nn.BatchNorm2d(${filters}), ${activation}, nn.MaxPool2d(2),`);
      inputs = filters;
    }
    lines.push("nn.Flatten(),");
    inputs *= (IMAGE_SIZE >> c.conv_depth) ** 2;
    for (let layer = 0; layer < c.dense_depth; layer++) {
      const units = Math.max(1, Math.floor(c.dense_width / 2 ** layer));
      lines.push(`nn.Linear(${inputs}, ${units}), ${activation}, nn.BatchNorm1d(${units}), nn.Dropout(${c.dropout}),`);
      inputs = units;
    }
    return [...lines, `nn.Linear(${inputs}, CLASSES),`];
  }

  function augmentation(c) {
    if (c.augmentation === "off") return ["# No augmentation: the network sees the training images as they are."];
    return [
      "# Augment each training image before it is standardised: shift up to 10 %, rotate up to 10",
      "# degrees, zoom and shear up to 10 %; brightness up to 0.1, contrast and saturation up to",
      "# 20 %, hue up to 10 degrees; Gaussian noise of a standard deviation up to 0.02.",
    ];
  }

  // Values that a study keeps as text and Python has a word for.
  const WORDS = new Set(["True", "False"]);

  // JSON strings are Python strings; null is None.
  function literal(value) {
    if (value === null) return "None";
    return WORDS.has(value) ? value : JSON.stringify(value);
  }

  function dictionary(configuration) {
    const lines = Object.entries(configuration).map(([name, value]) =>
      `    ${JSON.stringify(name)}: ${literal(value)},`);
    return ["configuration = {", ...lines, "}", ""];
  }

  hyperatlas.snippet = snippet;
})();
