console.log("layers: SKIPPED, the check is not written yet");
